"""What happens to an agency."""

from typing import Annotated, ClassVar, Final, TypeAlias

from pydantic import Field

from domain.event import Event
from domain.values import Slug, Text, TimeZone, Value

HIGHEST_DESK_LIMIT: Final = 1000
DeskLimit: TypeAlias = Annotated[int, Field(ge=1, le=HIGHEST_DESK_LIMIT)]
"""How many open cases of a desk an official may have at a time."""


class AgencyRegistered(Event):
    """A public body has become an agency of the window; a desk that `desk_limits` does not name has the usual limit."""

    topic: ClassVar[str] = "agency.registered"

    slug: Slug
    name: Text
    time_zone: TimeZone
    desks: tuple[Slug, ...]
    desk_limits: dict[Slug, DeskLimit]


class DeskOfAgency(Value):
    """A desk, by its agency's name and its own."""

    agency: Slug
    desk: Slug


class StandInNamed(Event):
    """Another agency's desk takes over the cases that too few can take at a desk of this one; None: none does."""

    topic: ClassVar[str] = "agency.stand_in_named"

    slug: Slug
    desk: Slug
    stand_in: DeskOfAgency | None


class CalendarNamed(Event):
    """Terms of the agency's cases are counted by this calendar from now on; those that run keep the one they have."""

    topic: ClassVar[str] = "agency.calendar_named"

    slug: Slug
    calendar: Slug


AgencyEvent: TypeAlias = AgencyRegistered | StandInNamed | CalendarNamed
