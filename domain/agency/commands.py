"""The commands of an agency."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from domain.agency.events import DeskOfAgency
from domain.envelope import Actor
from domain.values import Text


@dataclass(frozen=True, slots=True)
class RegisterAgency:
    """Make a public body an agency of the window.

    `zone_is_known` says whether the machine that registers it knows the zone: machines may know different zones.
    """

    at: datetime
    actor: Actor
    slug: str
    name: Text
    time_zone: str
    desks: tuple[str, ...]
    desk_limits: Mapping[str, int] = field(default_factory=dict)
    zone_is_known: bool = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class NameStandIn:
    """Have another agency's desk stand in for a desk, or none; `desks` are those that the other agency has.

    `desks` is None when there is no such agency.
    """

    at: datetime
    actor: Actor
    desk: str
    stand_in: DeskOfAgency | None
    desks: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class NameCalendar:
    """Count the terms of the agency's cases by a calendar; `exists` says whether there is one of this name."""

    at: datetime
    actor: Actor
    calendar: str
    exists: bool


Command: TypeAlias = RegisterAgency | NameStandIn | NameCalendar
