"""The refusals of a case's commands."""

from domain.refusals import InvalidInput, Refusal


class AnswerMissing(InvalidInput):
    """The service needs an answer about this element."""


class AnswerOfWrongType(InvalidInput):
    """The answer about this element is not of the type that the service asks for."""


class ApplicantErased(Refusal):
    """The applicant's keys are destroyed: no word can be sealed for them any more."""


class AssignmentRuleNotOfOrigin(InvalidInput):
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


class CaseAlreadyLeftWaiting(Refusal):
    """It was said already that nobody can be drawn for the case."""


class CaseAlreadyMoved(Refusal):
    """The case was moved to another agency's desk already: it is moved once."""


class CaseAlreadyOverdue(Refusal):
    """The case is marked overdue already: the clock says it once."""


class CaseAssignedAlready(Refusal):
    """An official has the case: another one is drawn only after it was taken from them."""


class CaseAtAnotherDesk(Refusal):
    """The draw was at a desk that does not have the case."""


class CaseAwaitsApplicant(Refusal):
    """The case waits for an answer of the applicant."""


class CaseAwaitsNoEvidence(Refusal):
    """The case waits for no evidence: it has gone to its desk, or has ended."""


class CaseAwaitsEvidence(Refusal):
    """The case waits for evidence."""


class EnoughCanTakeTheCase(Refusal):
    """Three can take the case at its own desk, or could if they had fewer cases: it stays there."""


class EvidenceClockRuns(Refusal):
    """The time in which the resource or the applicant may answer is not over."""


class EvidenceInDispute(Refusal):
    """The register is said to be wrong about this already, and the resource has not had its last word."""


class EvidenceTimeOver(Refusal):
    """The time in which the resource could be asked is over."""


class EvidenceNotAnswered(Refusal):
    """The resource has not answered this."""


class EvidenceNotAsked(Refusal):
    """The case has no such request for evidence."""


class EvidenceNotToBeSeen(Refusal):
    """There is nothing to agree or object to: the applicant is not asked to look, or has said so already."""


class FormAndWords(InvalidInput):
    """A message has a form or words of its own: one of them, and not both."""


class FormNotOffered(InvalidInput):
    """The service offers this side of a case no such form."""


class IdentifierMissing(Refusal):
    """A resource that must be asked knows the applicant by an identifier that the login does not say."""


class MandateMissing(InvalidInput):
    """Who acts for a person acts by a mandate; only for an organisation is a login enough that proves it."""


class MessageAlreadyShown(Refusal):
    """The time in which a message can be taken back is over."""


class MessageAlreadyTakenBack(Refusal):
    """The message was taken back already."""


class MessageUnknown(InvalidInput):
    """There is no such message, or the other side did not send it."""


class MovedWithinItsAgency(InvalidInput):
    """A desk of another agency stands in for the desk of a case."""


class NotASideOfTheCase(Refusal):
    """Only the applicant, who represents them, and the assigned official write to each other."""


class NotTheDraw(Refusal):
    """Only the window, where it draws, moves a case to the desk that stands in."""


class NotTheSender(Refusal):
    """Only the side that has sent a message may take it back."""


class NotTheRepresentative(Refusal):
    """Nobody but they themselves makes somebody act for an applicant."""


class NotTheResource(Refusal):
    """Only the resource that was asked may answer."""


class NothingMissing(Refusal):
    """The applicant is not asked for anything that a resource did not give."""


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


class ContactInWords(InvalidInput):
    """Words from one side of a case to the other hold no way to reach or name somebody (law 2)."""


class ElementNotAsked(InvalidInput):
    """The open question does not ask for this element."""


class ElementUnknown(InvalidInput):
    """The service does not ask for this element."""


class ImportCarriesNoAnswers(InvalidInput):
    """An import brings the course of a case, not the applicant's answers."""


class LanguageNotOffered(InvalidInput):
    """The service is not offered in this language."""


class LastDayIsCounted(InvalidInput):
    """Only an import brings a last day of its own."""


class LegalBasisMissing(InvalidInput):
    """A decision names its legal basis."""


class NotTheClock(Refusal):
    """Only the clock says that a case is overdue."""


class NotTheApplicant(Refusal):
    """Only the applicant, or who represents them in this case now, may do this."""


class NotTheAssignedOfficial(Refusal):
    """Only the official to whom the case is assigned may do this."""


class OfficialIsParty(Refusal):
    """Nobody decides in their own cause: the official is the applicant of the case, or represents them."""


class OrderMissing(InvalidInput):
    """A closed case is opened again only by an order, which must be named."""


class OutcomeUnknown(InvalidInput):
    """A request is granted, refused, or partly granted."""


class QuestionNotOpen(Refusal):
    """The applicant was not asked anything that is not answered."""


class RecusalAfterLook(Refusal):
    """An official recuses themselves before they have looked at the case, or not at all."""


class ReasonsMissing(InvalidInput):
    """A decision gives its reasons, and so does an extension of the term."""


class ReferenceMistyped(InvalidInput):
    """This is not the public number of a case; a character is wrong, missing or moved."""


class StepMayNotFollow(Refusal):
    """The service does not let this step follow the last one."""


class StepUnknown(InvalidInput):
    """The service has no such step."""


class TooManyMessages(Refusal):
    """A side of a case sends so many messages a day, and has sent them."""


class RepresentativeAlreadyAdded(Refusal):
    """They act for the applicant of this case already."""


class RepresentativeNotAdded(Refusal):
    """They do not act for the applicant of this case."""


class SubjectAlreadyErased(Refusal):
    """The person's keys in this case are destroyed already."""


class TermNotOver(Refusal):
    """The last day of the term has not passed, or the case has none."""


class TextMissing(InvalidInput):
    """There must be words here."""


class TextTooLong(InvalidInput):
    """The text is longer than may be."""


class AnswerNotDue(Refusal):
    """No question to the applicant has been open beyond its term."""


class DeadlineAlreadyExtended(Refusal):
    """The term was extended already: it is extended once."""


class DeadlineAlreadyOver(Refusal):
    """The term is over, or there is none: only a running term can be extended."""


class EscalatedAlready(Refusal):
    """The clock has escalated the case, and the next time has not come yet."""


class ExtensionNotAllowed(Refusal):
    """The service's law does not let its term be extended."""


class ExtensionTooLong(InvalidInput):
    """The service's law lets its term be extended by less, or in days of another kind."""


class LastDayNotNear(Refusal):
    """The last day of the term is not near."""


class PublicationNotDue(Refusal):
    """The grant may still be published, or it was said already that it was not."""


class SilenceIsNoAnswer(Refusal):
    """The service's law does not grant a request because nobody has decided."""


class SilentGrantMissing(Refusal):
    """There is no grant by silence that is still to be published."""


class TermIsSuspended(Refusal):
    """The term is suspended: it can be extended when it runs again."""


class WarnedAlready(Refusal):
    """The clock has warned of this last day."""


class CaseGrantedBySilence(Refusal):
    """The law has granted the request, since nobody had decided in time: it cannot be decided any more."""


class SilentGrantUnpublished(Refusal):
    """The grant by silence is not made public yet: the agency does so before the case is closed."""


class NotTheAgency(Refusal):
    """Only a system of the agency that has the case may do this."""
