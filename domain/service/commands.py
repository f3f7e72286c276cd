"""The commands of a service of the catalogue."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from domain.agency.state import AgencyState
from domain.envelope import Actor
from domain.service.definition import ServiceDefinition


@dataclass(frozen=True, slots=True)
class DraftService:
    """Write a new version; `agency` is the agency that the definition names, if it is registered."""

    at: datetime
    actor: Actor
    definition: ServiceDefinition
    agency: AgencyState | None


@dataclass(frozen=True, slots=True)
class PublishService:
    """Let people ask for a drafted version, instead of the version published before."""

    at: datetime
    actor: Actor
    version: int


@dataclass(frozen=True, slots=True)
class WithdrawService:
    """Stop requests for the service."""

    at: datetime
    actor: Actor


Command: TypeAlias = DraftService | PublishService | WithdrawService
