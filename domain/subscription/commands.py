"""What can be asked of a subscription."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from domain.agency.state import AgencyState
from domain.envelope import Actor
from domain.values import Text


@dataclass(frozen=True, slots=True)
class AskForSubscription:
    """Ask for events; `agency` is the one that asks, if it is registered, `known_services` those named that exist.

    None stands for all services, all types of events, no endpoint. `endpoint_allowed` is what the window's operator
    says to it.
    """

    at: datetime
    actor: Actor
    name: str
    agency: AgencyState | None
    services: tuple[str, ...] | None
    topics: tuple[str, ...] | None
    endpoint: str | None
    known_services: frozenset[str]
    endpoint_allowed: bool


@dataclass(frozen=True, slots=True)
class GrantSubscription:
    """Grant what was asked for."""

    at: datetime
    actor: Actor


@dataclass(frozen=True, slots=True)
class RefuseSubscription:
    """Refuse what was asked for, and say why."""

    at: datetime
    actor: Actor
    reason: Text


@dataclass(frozen=True, slots=True)
class ChangeEndpoint:
    """Have events sent elsewhere; None: nowhere."""

    at: datetime
    actor: Actor
    endpoint: str | None
    endpoint_allowed: bool


@dataclass(frozen=True, slots=True)
class RotateSecret:
    """Sign with a new secret; the old one goes on beside it for a while."""

    at: datetime
    actor: Actor


@dataclass(frozen=True, slots=True)
class AskForReplay:
    """Have everything after a sequence sent again; `last_sequence` is the agency's last one."""

    at: datetime
    actor: Actor
    after: int
    last_sequence: int


@dataclass(frozen=True, slots=True)
class EndSubscription:
    """Be told nothing any more."""

    at: datetime
    actor: Actor


Command: TypeAlias = (
    AskForSubscription
    | GrantSubscription
    | RefuseSubscription
    | ChangeEndpoint
    | RotateSecret
    | AskForReplay
    | EndSubscription
)
