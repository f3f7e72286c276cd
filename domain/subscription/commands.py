"""The commands of a subscription."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from domain.agency.state import AgencyState
from domain.envelope import Actor
from domain.values import Text


@dataclass(frozen=True, slots=True)
class AskForSubscription:
    """Ask for events; `agency` asks, if it is registered; `known_services` are the named services that exist.

    None means all services, all types of events, no endpoint. `endpoint_allowed` says whether the window's operator
    allows the endpoint.
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
    """Send events to another endpoint; None: to no endpoint."""

    at: datetime
    actor: Actor
    endpoint: str | None
    endpoint_allowed: bool


@dataclass(frozen=True, slots=True)
class RotateSecret:
    """Sign with a new secret, and for a while also with the old one."""

    at: datetime
    actor: Actor


@dataclass(frozen=True, slots=True)
class AskForReplay:
    """Send everything after a sequence again; `last_sequence` is the agency's last one."""

    at: datetime
    actor: Actor
    after: int
    last_sequence: int


@dataclass(frozen=True, slots=True)
class EndSubscription:
    """Stop all events of the subscription."""

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
