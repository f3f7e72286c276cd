"""What happens to the term of a case, and what the clock says of it."""

from datetime import date
from typing import Annotated, ClassVar, Final

from pydantic import Field

from domain.case.events import SealedText
from domain.event import Event
from domain.values import Line, Number, Slug, Term


class TermCounted(Event):
    """The last day of the term is another one now; None: the term is suspended, on a `ground` of the law.

    The event that this one names as its cause says what has happened. Working days are those of the calendar's first
    `calendar_version` acts (0, and no calendar: Monday to Friday).
    """

    topic: ClassVar[str] = "case.term_counted"

    local_date: date
    last_day: date | None
    ground: Line | None
    calendar: Slug | None
    calendar_version: Annotated[int, Field(ge=0)]


class TermExtended(Event):
    """The official has made the term longer, once, before its last day was over."""

    topic: ClassVar[str] = "case.term_extended"

    local_date: date
    by: Term
    ground: Line
    calendar_version: Annotated[int, Field(ge=0)]
    reason: SealedText = None


class CaseNearsItsLastDay(Event):
    """The last day is near, and the case is not decided: the clock warns once for each last day."""

    topic: ClassVar[str] = "case.nears_its_last_day"

    local_date: date
    last_day: date
    calendar_version: Annotated[int, Field(ge=0)]


class CaseEscalated(Event):
    """The case is overdue still; the clock says so to those above the desk."""

    topic: ClassVar[str] = "case.escalated"

    local_date: date
    number: Number
    last_day: date
    calendar_version: Annotated[int, Field(ge=0)]


class GrantedBySilence(Event):
    """Nobody has decided in time, so that the law grants the request.

    `looked_up_to` is the position of the ledger up to which nothing was found that would have decided, suspended or
    extended; what is in this stream before this event is before it in the ledger. `publish_by` is the last day on which
    the agency may make the grant public.
    """

    topic: ClassVar[str] = "case.granted_by_silence"

    local_date: date
    last_day: date
    legal_basis: Line
    looked_up_to: Number
    calendar_version: Annotated[int, Field(ge=0)]
    publish_by: date | None


class SilentGrantPublished(Event):
    """The agency has made public that the request is granted by law."""

    topic: ClassVar[str] = "case.silent_grant_published"

    local_date: date
    published_at: Line


class SilentGrantNotPublished(Event):
    """The agency has not made the grant public in time: the clock says so once."""

    topic: ClassVar[str] = "case.silent_grant_not_published"

    local_date: date
    publish_by: date


class CaseLapsed(Event):
    """The applicant has not answered in time, so that the request has lapsed."""

    topic: ClassVar[str] = "case.lapsed"

    local_date: date
    question: Number
    answer_by: date
    ground: Line
    calendar_version: Annotated[int, Field(ge=0)]


CLOCK_EVENTS: Final[tuple[type[Event], ...]] = (
    TermCounted,
    TermExtended,
    CaseNearsItsLastDay,
    CaseEscalated,
    GrantedBySilence,
    SilentGrantPublished,
    SilentGrantNotPublished,
    CaseLapsed,
)
