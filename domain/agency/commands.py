"""What can be asked of an agency."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from domain.envelope import Actor
from domain.values import Text


@dataclass(frozen=True, slots=True)
class RegisterAgency:
    """Make a public body an agency of the window."""

    at: datetime
    actor: Actor
    slug: str
    name: Text
    time_zone: str
    desks: tuple[str, ...]


Command: TypeAlias = RegisterAgency
