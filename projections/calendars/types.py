"""What readers of calendars receive."""

from domain.calendar.values import Entries, LegalAct
from projections.view_type import ViewType


class Calendar(ViewType):
    """A calendar of a jurisdiction or a territory, for one working week; `version` is how many acts it has."""

    slug: str
    jurisdiction: str
    territory: str | None
    working_week: str
    version: int


class ActOfCalendar(ViewType):
    """An act of the law, and what it has put into a calendar, at a position of the ledger."""

    number: int
    position: int
    act: LegalAct
    entries: Entries
