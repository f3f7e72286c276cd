"""What happens to a calendar."""

from typing import ClassVar, Final, Literal, TypeAlias

from domain.calendar.values import Entries, LegalAct
from domain.event import Event
from domain.values import Number, Slug

WorkingWeek: TypeAlias = Literal["five_days", "six_days"]


class CalendarOpened(Event):
    """A calendar is kept from now on: of a jurisdiction, or of one territory of it, for one working week.

    The first act says at least which days of the week are days of rest, and how terms are counted.
    """

    topic: ClassVar[str] = "calendar.opened"

    slug: Slug
    jurisdiction: Slug
    territory: Slug | None
    working_week: WorkingWeek
    act: LegalAct
    entries: Entries


class ActEntered(Event):
    """An act has been entered; what it says of a day goes before what earlier entries have said of it."""

    topic: ClassVar[str] = "calendar.act_entered"

    slug: Slug
    number: Number
    act: LegalAct
    entries: Entries


CALENDAR_EVENTS: Final[tuple[type[Event], ...]] = (CalendarOpened, ActEntered)
