"""The commands of a calendar."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from domain.calendar.events import WorkingWeek
from domain.calendar.values import Entries, LegalAct
from domain.envelope import Actor


@dataclass(frozen=True, slots=True)
class OpenCalendar:
    """Keep a calendar: of a jurisdiction or one of its territories, for one working week."""

    at: datetime
    actor: Actor
    slug: str
    jurisdiction: str
    territory: str | None
    working_week: WorkingWeek
    act: LegalAct
    entries: Entries


@dataclass(frozen=True, slots=True)
class EnterAct:
    """Enter what an act says of the days of a calendar."""

    at: datetime
    actor: Actor
    act: LegalAct
    entries: Entries


Command: TypeAlias = OpenCalendar | EnterAct
