"""The ledger as the package's application recorder."""

import os
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from eventsourcing.persistence import (
    ApplicationRecorder,
    DataError,
    Notification,
    ProgrammingError,
    StoredEvent,
    Subscription,
)

from domain.topics import TOPICS
from ledger.eventsourcing_adapter.notifications import LedgerNotification, notification_of, scan
from ledger.eventsourcing_adapter.subscription import LedgerSubscription
from ledger.eventsourcing_adapter.translation import translated
from ledger.store.entries import NewEvent
from ledger.store.ledger import LAST
from ledger.store.threads import ThreadedLedger

_SALT_LENGTH = 32
_LOOKED_BACK = 1000


class LedgerRecorder(ApplicationRecorder):
    """Records and reads events of any application in the ledger; a notification's id is the event's position.

    An event's state is stored unchanged as the open part, which everybody who reads the ledger can see. Stream and
    version must be new; versions may begin anywhere and have gaps. Pencere's own streams hold Pencere's events only.
    """

    def __init__(self, ledger: ThreadedLedger) -> None:
        self._ledger = ledger

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int]:
        """Append all of the events next to each other, or none, and return their positions once they are durable.

        Raises:
            IntegrityError: a stream has an event of that version.
            DataError: an event cannot be stored in the ledger.
            ProgrammingError: the role may not append, or the topic or the stream is Pencere's own.
            OperationalError: too many requests wait, or the database is away and the outcome is unknown.
        """
        if not stored_events:
            return []
        events = [_new_event(event) for event in stored_events]
        with translated():
            for stream, topic in self._ledger.beginnings(list({event.stream for event in events})).items():
                if topic in TOPICS:
                    raise ProgrammingError(f"the stream {stream} is Pencere's own: it holds no other events")
            last = self._ledger.append(events, uniqueness_only=True).position
        return list(range(last - len(events) + 1, last + 1))

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Return a stream's events in the order of their versions, or backwards; one statement, by an index."""
        after = -1 if gt is None else gt
        up_to, most = (LAST if value is None else value for value in (lte, limit))
        stream = _stream(originator_id)
        with translated():
            entries = self._ledger.read_versions(stream, after, up_to, limit=most, backwards=desc)
        return [notification_of(entry) for entry in entries]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Return events of every application in position order.

        With topics it reads every entry up to the last one that it returns, in statements of bounded cost.
        """
        after = max(0, start - inclusive_of_start) if start is not None else 0
        up_to = LAST if stop is None else stop
        found: list[LedgerNotification] = []
        with translated():
            while after < up_to and len(found) < limit:
                more, reached = scan(self._ledger, after, up_to, topics, limit - len(found))
                if reached == after:
                    break
                found, after = [*found, *more], reached
        return found

    def max_notification_id(self, topics: Sequence[str] = ()) -> int | None:
        """Return the position of the last event, or of the last one with some topics; None when there is none."""
        with translated():
            head = self._ledger.head()
            while topics and head > 0:
                after = max(0, head - _LOOKED_BACK)
                found = self._ledger.read_topics(topics, after, head, _LOOKED_BACK)
                if found:
                    return found[-1].position
                head = after
        return head or None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        """Return a subscription to the events of every application after a position."""
        return LedgerSubscription(self, self._ledger, gt, topics)


def _new_event(event: StoredEvent) -> NewEvent:
    if event.topic in TOPICS:
        raise ProgrammingError(f"{event.topic} is Pencere's own: such events come from its commands only")
    stream = _stream(event.originator_id)
    return NewEvent(stream, event.originator_version, event.topic, event.state, b"", os.urandom(_SALT_LENGTH))


def _stream(originator_id: UUID | str) -> UUID:
    if not isinstance(originator_id, UUID):
        raise DataError("a stream of the ledger is named by a UUID, not by a text")
    return originator_id
