"""What happens to a case."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.event import Event, SealedAnswers, SealedText
from domain.values import AnswerValue, Element, Instant, Language, Line, Pseudonym, Slug, StepName, Term

Outcome = Literal["granted", "refused", "partly"]
AssignmentRule = Literal["order", "import", "draw"]
ClosingReason = Literal["decided", "import"]
Count = Annotated[int, Field(ge=1)]


class CaseSubmitted(Event):
    """A request has come in. What holds for it is pinned: service version, agency, desk, term, time zone."""

    topic: ClassVar[str] = "case.submitted"

    reference: str
    service: Slug
    service_version: Count
    agency: Slug
    desk: Slug
    term: Term | None
    time_zone: str
    applicant: Pseudonym
    channel: Slug
    language: Language
    deadline: Instant | None
    open_answers: dict[Element, AnswerValue] = Field(default_factory=dict)
    answers: SealedAnswers = None


class CaseAssigned(Event):
    """An official works on the case from now on, chosen by the rule that is named."""

    topic: ClassVar[str] = "case.assigned"

    desk: Slug
    official: Pseudonym
    rule: AssignmentRule


class StepRecorded(Event):
    """A step of the service was done."""

    topic: ClassVar[str] = "case.step_recorded"

    step: StepName
    note: SealedText = None


class ApplicantAsked(Event):
    """The case waits for the applicant's answer to its question of this number."""

    topic: ClassVar[str] = "case.applicant_asked"

    number: Count
    elements: tuple[Element, ...] = ()
    question: SealedText = None


class ApplicantAnswered(Event):
    """The applicant has answered the question of this number."""

    topic: ClassVar[str] = "case.applicant_answered"

    number: Count
    open_answers: dict[Element, AnswerValue] = Field(default_factory=dict)
    answer: SealedText = None
    answers: SealedAnswers = None


class CaseDecided(Event):
    """The request is decided, on the legal basis named."""

    topic: ClassVar[str] = "case.decided"

    outcome: Outcome
    legal_basis: Line
    reasons: SealedText = None


class CaseClosed(Event):
    """Nothing more is to be done."""

    topic: ClassVar[str] = "case.closed"

    reason: ClosingReason


class CaseWithdrawn(Event):
    """The applicant has taken the request back."""

    topic: ClassVar[str] = "case.withdrawn"

    reason: SealedText = None


class CaseReopened(Event):
    """The closed case is open again, by the order named; its decision no longer stands."""

    topic: ClassVar[str] = "case.reopened"

    order: Line
    reason: SealedText = None


class SubjectErased(Event):
    """The person behind this pseudonym is erased: the key is destroyed, and nothing sealed under it can be opened."""

    topic: ClassVar[str] = "case.subject_erased"

    pseudonym: Pseudonym
