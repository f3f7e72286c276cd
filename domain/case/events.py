"""What happens to a case. Open fields name no person but by the pseudonym of this case."""

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field

from domain.event import SEALED, Event
from domain.values import AnswerValue, Element, Instant, LanguageTag, Line, Prose, Pseudonym, Slug, Term, TimeZone

AssignmentRule: TypeAlias = Literal["order", "import", "draw"]
"""How an official came to a case: the oldest first, as another system had it, or by lot."""

Outcome: TypeAlias = Literal["granted", "refused", "partly"]

Number: TypeAlias = Annotated[int, Field(ge=1)]
Answers: TypeAlias = dict[Element, AnswerValue]
SealedText: TypeAlias = Annotated[Prose | None, SEALED]
SealedAnswers: TypeAlias = Annotated[Answers | None, SEALED]


class CaseSubmitted(Event):
    """Somebody has asked for a service; what the case will be judged by is pinned here."""

    topic: ClassVar[str] = "case.submitted"
    schema_version: ClassVar[int] = 2

    reference: Annotated[str, Field(pattern=r"^PN(-[0-9A-Z]{4}){3}-[0-9A-Z]$")]
    service: Slug
    service_version: Number
    agency: Slug
    desk: Slug
    term: Term | None
    silent_approval: bool
    appeal_term: Term | None
    time_zone: TimeZone
    applicant: Pseudonym
    channel: Line
    language: LanguageTag
    deadline: Instant | None
    open_answers: Answers
    answers: SealedAnswers = None


class CaseAssigned(Event):
    """An official is to work on the case."""

    topic: ClassVar[str] = "case.assigned"

    desk: Slug
    official: Pseudonym
    rule: AssignmentRule


class StepRecorded(Event):
    """A step of the service was done."""

    topic: ClassVar[str] = "case.step_recorded"

    step: Line
    note: SealedText = None


class ApplicantAsked(Event):
    """The official has asked the applicant something; the case waits for the answer."""

    topic: ClassVar[str] = "case.applicant_asked"

    number: Number
    elements: tuple[Element, ...]
    question: SealedText = None


class ApplicantAnswered(Event):
    """The applicant has answered the open question."""

    topic: ClassVar[str] = "case.applicant_answered"

    number: Number
    open_answers: Answers
    answer: SealedText = None
    answers: SealedAnswers = None


class CaseDecided(Event):
    """The agency has decided."""

    topic: ClassVar[str] = "case.decided"

    outcome: Outcome
    legal_basis: Line
    reasons: SealedText = None


class CaseClosed(Event):
    """Nothing more is to be done."""

    topic: ClassVar[str] = "case.closed"

    reason: Literal["decided", "import"]


class CaseWithdrawn(Event):
    """The applicant has taken the request back."""

    topic: ClassVar[str] = "case.withdrawn"

    reason: SealedText = None


class CaseReopened(Event):
    """An order has opened the closed case again; its decision stands no longer."""

    topic: ClassVar[str] = "case.reopened"

    order: Line
    reason: SealedText = None


class SubjectErased(Event):
    """The keys of a person in this case were destroyed."""

    topic: ClassVar[str] = "case.subject_erased"

    pseudonym: Pseudonym


CaseEvent: TypeAlias = (
    CaseSubmitted
    | CaseAssigned
    | StepRecorded
    | ApplicantAsked
    | ApplicantAnswered
    | CaseDecided
    | CaseClosed
    | CaseWithdrawn
    | CaseReopened
    | SubjectErased
)
