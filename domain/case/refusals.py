"""Why a case's command is refused."""

from domain.refusals import InvalidInput, Refusal


class CaseAlreadySubmitted(Refusal):
    """The case exists already."""


class CaseNotSubmitted(Refusal):
    """There is no such case."""


class ServiceNotOffered(Refusal):
    """The service is not published, so nobody can ask for it."""

    field = "service"


class ChannelNotOffered(InvalidInput):
    """The service is not offered through this channel."""

    field = "channel"


class LanguageNotOffered(InvalidInput):
    """The service is not offered in this language."""

    field = "language"


class AnswerNotAsked(InvalidInput):
    """The service does not ask for this data element."""


class AnswerMissing(InvalidInput):
    """The service asks for this data element, and there is no answer."""


class AnswerOfWrongType(InvalidInput):
    """The answer is not of the type that the question asks for."""


class CaseNotOpen(Refusal):
    """The case is closed, withdrawn or archived: nothing more can be done with it."""


class CaseAlreadyDecided(Refusal):
    """The case is decided already."""


class CaseNotInProgress(Refusal):
    """The case is not in progress: it is not assigned yet, or waits for an answer, or is decided."""


class CaseAlreadyAssigned(Refusal):
    """The case is assigned already."""


class OfficialNotAssigned(Refusal):
    """Only the official to whom the case is assigned may do this."""


class StepUnknown(InvalidInput):
    """The service has no such step."""

    field = "step"


class StepMayNotFollow(Refusal):
    """The service does not allow this step after the last one that was recorded."""

    field = "step"


class QuestionEmpty(InvalidInput):
    """The question has no words."""

    field = "question"


class NoQuestionOpen(Refusal):
    """No question to the applicant is open."""


class ActorNotApplicant(Refusal):
    """Only the applicant or a representative may do this."""


class OutcomeUnknown(InvalidInput):
    """A case is granted, refused or granted partly."""

    field = "outcome"


class LegalBasisMissing(InvalidInput):
    """A decision names its legal basis."""

    field = "legalBasis"


class ReasonsMissing(InvalidInput):
    """A decision gives its reasons."""

    field = "reasons"


class CaseNotDecided(Refusal):
    """A case is decided before it is closed."""


class CaseNotClosed(Refusal):
    """Only a closed case can be opened again."""


class OrderMissing(InvalidInput):
    """A case is opened again only by an order, and the order is named."""

    field = "order"


class SubjectAlreadyErased(Refusal):
    """This person is erased already."""


class SubjectIsErased(Refusal):
    """The applicant is erased: there is no key under which words to them could be sealed."""


class SubjectUnknown(InvalidInput):
    """The pseudonym is none of this case's."""

    field = "pseudonym"
