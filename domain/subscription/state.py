"""The state of a subscription after its events."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.event import Event, UnknownEventError
from domain.subscription.events import (
    EndpointChanged,
    ReplayAsked,
    SecretRotated,
    SubscriptionAsked,
    SubscriptionEnded,
    SubscriptionGranted,
    SubscriptionRefused,
)


class SubscriptionStatus(StrEnum):
    """What the coordinator and the agency have decided."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class SubscriptionState:
    """Which events an agency gets; None means all services, all types, no webhook."""

    name: str
    agency: str
    services: tuple[str, ...] | None
    topics: tuple[str, ...] | None
    endpoint: str | None
    status: SubscriptionStatus = SubscriptionStatus.ASKED
    secret_number: int = 1
    previous_secret_until: datetime | None = None


def evolve(state: SubscriptionState | None, event: Event) -> SubscriptionState:
    """Return the subscription after one more event.

    Raises:
        UnknownEventError: the event does not belong here.
    """
    if isinstance(event, SubscriptionAsked):
        asked: dict[str, Any] = {"services": event.services, "topics": event.topics, "endpoint": event.endpoint}
        if state is None:
            return SubscriptionState(event.name, event.agency, **asked)
        return replace(state, **asked, status=SubscriptionStatus.ASKED)
    if state is None:
        raise UnknownEventError(event)
    return replace(state, **_changes(event))


def _changes(event: Event) -> dict[str, Any]:
    match event:
        case SubscriptionGranted():
            changed: dict[str, Any] = {"status": SubscriptionStatus.GRANTED}
        case SubscriptionRefused():
            changed = {"status": SubscriptionStatus.REFUSED}
        case EndpointChanged():
            changed = {"endpoint": event.endpoint}
        case SecretRotated():
            changed = {"secret_number": event.number, "previous_secret_until": event.previous_until}
        case ReplayAsked():
            changed = {}
        case SubscriptionEnded():
            changed = {"status": SubscriptionStatus.ENDED}
        case _:
            raise UnknownEventError(event)
    return changed
