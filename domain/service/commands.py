"""The commands of a service of the catalogue."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from domain.agency.state import AgencyState
from domain.envelope import Actor
from domain.register.state import RegisterState
from domain.service.definition import ServiceDefinition


@dataclass(frozen=True, slots=True)
class DraftService:
    """Write a new version.

    `agency` is the agency that the definition names, if it is registered; `agencies` and `services` are those of the
    others that it names and that exist.
    """

    at: datetime
    actor: Actor
    definition: ServiceDefinition
    agency: AgencyState | None
    agencies: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PublishService:
    """Let people ask for a drafted version, instead of the version published before.

    It holds from today if no other day is given. `register` is the register of resources after `register_version` of
    its events, by which the version is judged; None when there is no register. `opened` are those of the services that
    the version opens which a life event may open on the day on which it begins.
    """

    at: datetime
    actor: Actor
    version: int
    local_date: date
    valid_from: date | None = None
    valid_to: date | None = None
    register: RegisterState | None = None
    register_version: int = 0
    opened: frozenset[str] = frozenset()

    @property
    def begins(self) -> date:
        """The local day on which the version begins to hold."""
        return self.valid_from or self.local_date


@dataclass(frozen=True, slots=True)
class WithdrawService:
    """Stop requests for the service."""

    at: datetime
    actor: Actor


@dataclass(frozen=True, slots=True)
class MeetRegister:
    """Compare the published version with a register that has changed since it was published."""

    at: datetime
    actor: Actor
    local_date: date
    register: RegisterState
    register_version: int


Command: TypeAlias = DraftService | PublishService | WithdrawService | MeetRegister
