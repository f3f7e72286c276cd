"""Why something may not be done to a case."""

from domain.refusals import Refusal


class AnswerMissing(Refusal):
    """The service needs an answer about this element."""


class AnswerOfWrongType(Refusal):
    """The answer about this element is not of the type that the service asks for."""


class ApplicantErased(Refusal):
    """The applicant's keys are destroyed: no word can be sealed for them any more."""


class AssignmentRuleNotOfOrigin(Refusal):
    """People's cases are assigned by order, an import's as the import says."""


class CaseAlreadyArchived(Refusal):
    """The case is archived."""


class CaseAlreadyClosed(Refusal):
    """The case is closed."""


class CaseAlreadyDecided(Refusal):
    """The case is decided."""


class CaseAlreadySubmitted(Refusal):
    """The case was submitted already."""


class CaseAlreadyWithdrawn(Refusal):
    """The applicant has withdrawn the request."""


class CaseAwaitsApplicant(Refusal):
    """The case waits for an answer of the applicant."""


class CaseAwaitsEvidence(Refusal):
    """The case waits for evidence."""


class CaseNotAssigned(Refusal):
    """Nobody is assigned to the case yet."""


class CaseNotClosed(Refusal):
    """The case is not closed."""


class CaseNotDecided(Refusal):
    """The case is not decided."""


class CaseNotSubmitted(Refusal):
    """There is no such case."""


class CaseUnderAppeal(Refusal):
    """The decision is under appeal."""


class ChannelNotOffered(Refusal):
    """The service is not offered in this channel."""


class DeadlineIsComputed(Refusal):
    """Only an import brings a deadline of its own."""


class ElementNotAsked(Refusal):
    """The open question does not ask for this element."""


class ElementUnknown(Refusal):
    """The service does not ask for this element."""


class ImportCarriesNoAnswers(Refusal):
    """An import brings the course of a case, not the applicant's answers."""


class LanguageNotOffered(Refusal):
    """The service is not offered in this language."""


class LegalBasisMissing(Refusal):
    """A decision names its legal basis."""


class NotTheApplicant(Refusal):
    """Only the applicant, or who represents them, may do this."""


class NotTheAssignedOfficial(Refusal):
    """Only the official to whom the case is assigned may do this."""


class OrderMissing(Refusal):
    """A closed case is opened again only by an order, which must be named."""


class OutcomeUnknown(Refusal):
    """A request is granted, refused, or partly granted."""


class QuestionNotOpen(Refusal):
    """The applicant was not asked anything that is not answered."""


class ReasonsMissing(Refusal):
    """A decision gives its reasons."""


class ReferenceMistyped(Refusal):
    """This is not the public number of a case; a character is wrong, missing or moved."""


class StepMayNotFollow(Refusal):
    """The service does not let this step follow the last one."""


class StepUnknown(Refusal):
    """The service has no such step."""


class SubjectAlreadyErased(Refusal):
    """The person's keys in this case are destroyed already."""


class TextMissing(Refusal):
    """There must be words here."""


class TextTooLong(Refusal):
    """The text is longer than may be."""
