"""Pencere's own events as domain events of the package."""

from collections.abc import Mapping
from typing import Any, Final, Generic, TypeVar, cast
from uuid import UUID

from eventsourcing.domain import DomainEventProtocol, TAggregateID
from eventsourcing.persistence import Mapper, StoredEvent
from pydantic import BaseModel, ConfigDict

from domain.envelope import Envelope
from domain.event import Event
from domain.topics import TOPICS
from ledger.eventsourcing_adapter.notifications import LedgerNotification
from ledger.published.codec import decode

Kind = TypeVar("Kind", bound=Event)


class Recorded(BaseModel, Generic[Kind]):
    """One of Pencere's events, with its envelope and its place in the ledger.

    `Recorded[CaseSubmitted]` is a separate class, so a projection can dispatch on it by annotation. Sealed fields of
    the event are None: reading a ledger needs no key.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    event: Kind
    envelope: Envelope
    originator_id: UUID
    """The stream: the case, service or agency."""
    originator_version: int
    position: int
    recorded_at: int
    """Microseconds since 1970-01-01T00:00:00Z."""


_RECORDED: Final[Mapping[str, type[Recorded[Any]]]] = {
    topic: Recorded[kind]  # type: ignore[valid-type] # mypy cannot follow a class that is chosen at run time
    for topic, kind in TOPICS.items()
}


class LedgerMapper(Mapper[TAggregateID]):
    """Turns Pencere's events into `Recorded` ones of today's types; the package's own mapper handles all others."""

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[TAggregateID]:
        """Return the domain event.

        Raises:
            TopicError: the topic is neither Pencere's nor known to this process.
        """
        kind = _RECORDED.get(stored_event.topic)
        if kind is None or not isinstance(stored_event, LedgerNotification):
            return super().to_domain_event(stored_event)
        one = decode(stored_event.entry)
        recorded = kind(
            event=one.event,
            envelope=one.envelope,
            originator_id=one.stream,
            originator_version=one.version,
            position=one.position,
            recorded_at=one.recorded_at,
        )
        # Here an id is always a UUID; the package lets each application choose.
        return cast("DomainEventProtocol[TAggregateID]", recorded)
