"""What happens to a case. Open fields name no person but by the pseudonym of this case.

Where the law counts days from an event or up to it, the event has its `local_date`: what the calendar showed in the
case's time zone. It is pinned, because what a machine knows about time zones changes.
"""

from datetime import date
from typing import Annotated, ClassVar, Final, Literal, TypeAlias

from pydantic import Field

from domain.clock.case_clock import OwedBy
from domain.event import SEALED, Event
from domain.values import (
    AnswerValue,
    Element,
    Hex32,
    LanguageTag,
    Line,
    Number,
    Party,
    Prose,
    Pseudonym,
    Slug,
    Term,
    TimeZone,
    Value,
)

AssignmentRule: TypeAlias = Literal["order", "import", "draw"]
"""How an official came to a case: the oldest first, as another system had it, or by lot."""

Outcome: TypeAlias = Literal["granted", "refused", "partly"]

ClockAfterOrder: TypeAlias = Literal["goes_on", "begins_anew"]
"""What an order that reopens a case makes of its clock."""

Answers: TypeAlias = dict[Element, AnswerValue]
SealedText: TypeAlias = Annotated[Prose | None, SEALED]
SealedAnswers: TypeAlias = Annotated[Answers | None, SEALED]
SEALED_ANSWERS: Final = "sealed_answers."
SEALED_IDENTIFIERS: Final = "sealed_identifiers."
"""What the stored names of sealed answers and identifiers begin with: the element follows."""


class SuspensionGround(Value):
    """The ground of the law on which a term is suspended while somebody owes an answer."""

    owed_by: OwedBy
    ground: Line


class CaseSubmitted(Event):
    """Somebody has asked for a service; by what the case will be judged is pinned here.

    `register_version` tells by which register of resources evidence is asked for (0: none is). The identifiers by which
    those resources know the applicant are sealed. `nonce` is what the applicant's own program has added to the draw of
    an official, if it has. `party` is what the applicant is; an organisation acts through people only. `proved` are the
    elements that the applicant's login has shown, such as a personal number: officials read that it has, and no value.

    Terms and steps are those of `service_version`, working days those of the calendar when it had `calendar_version`
    acts (0, and no calendar: Monday to Friday). `term_began` is the local date from which the term is counted,
    `last_day` the last one of it, as it was known then. An import has the last day that its file states
    (`last_day_is_stated`; null in events of before the fourth version). `suspended_for` says on which grounds the term
    does not run while an answer is owed.
    """

    topic: ClassVar[str] = "case.submitted"
    schema_version: ClassVar[int] = 4

    reference: Annotated[str, Field(pattern=r"^PN(-[0-9A-Z]{4}){3}-[0-9A-Z]$")]
    service: Slug
    service_version: Number
    calendar_version: Annotated[int, Field(ge=0)]
    agency: Slug
    desk: Slug
    time_zone: TimeZone
    applicant: Pseudonym
    party: Party = "person"
    proved: Annotated[tuple[Element, ...], Field(max_length=20)] = ()
    channel: Line
    language: LanguageTag
    term_began: date
    last_day: date | None
    register_version: Annotated[int, Field(ge=0)] = 0
    nonce: Hex32 | None = None
    calendar: Slug | None = None
    last_day_is_stated: bool | None = False
    suspended_for: Annotated[tuple[SuspensionGround, ...], Field(max_length=2)] = ()
    open_answers: Answers
    sealed_answers: SealedAnswers = None
    sealed_identifiers: SealedAnswers = None


class CaseAssigned(Event):
    """An official is to work on the case; `draw` is the number of the desk's draw that has picked them."""

    topic: ClassVar[str] = "case.assigned"
    schema_version: ClassVar[int] = 2

    desk: Slug
    official: Pseudonym
    rule: AssignmentRule
    draw: Number | None = None


class StepRecorded(Event):
    """A step of the service was done."""

    topic: ClassVar[str] = "case.step_recorded"

    step: Line
    note: SealedText = None


class ApplicantAsked(Event):
    """The official has asked the applicant something; the case waits for the answer."""

    topic: ClassVar[str] = "case.applicant_asked"

    local_date: date
    number: Number
    elements: tuple[Element, ...]
    question: SealedText = None


class ApplicantAnswered(Event):
    """The applicant has answered the open question."""

    topic: ClassVar[str] = "case.applicant_answered"

    local_date: date
    number: Number
    open_answers: Answers
    answer: SealedText = None
    sealed_answers: SealedAnswers = None


class CaseDecided(Event):
    """The agency has decided."""

    topic: ClassVar[str] = "case.decided"

    local_date: date
    outcome: Outcome
    legal_basis: Line
    reasons: SealedText = None


class CaseClosed(Event):
    """Nothing more is to be done."""

    topic: ClassVar[str] = "case.closed"

    local_date: date
    reason: Literal["decided", "import"]


class CaseWithdrawn(Event):
    """The applicant has taken the request back."""

    topic: ClassVar[str] = "case.withdrawn"

    local_date: date
    reason: SealedText = None


class CaseReopened(Event):
    """An order has opened the closed case again; its decision stands no longer.

    By the order the clock goes on, or begins anew on this day, with the order's own `term` if it sets one.
    """

    topic: ClassVar[str] = "case.reopened"
    schema_version: ClassVar[int] = 2

    local_date: date
    order: Line
    clock: ClockAfterOrder = "goes_on"
    term: Term | None = None
    reason: SealedText = None


class CaseBecameOverdue(Event):
    """The last day of the term has passed and the case is still open: the clock says so once.

    `local_date` is the day on which it was noticed: the day after `last_day`, or later when nothing ran that day. The
    term began on `term_began`, and `term` is that of the service; without one the last day is what an imported file
    had stated.
    """

    topic: ClassVar[str] = "case.became_overdue"
    schema_version: ClassVar[int] = 2

    local_date: date
    term_began: date
    term: Term | None
    last_day: date
    calendar_version: Annotated[int, Field(ge=0)] = 0


class SubjectErased(Event):
    """The keys of a person in this case were destroyed; events of the first version have no local date."""

    topic: ClassVar[str] = "case.subject_erased"
    schema_version: ClassVar[int] = 2

    pseudonym: Pseudonym
    local_date: date | None = None


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
    | CaseBecameOverdue
    | SubjectErased
)
