"""Two plain applications of the `eventsourcing` package, which know nothing of Pencere."""

from collections import Counter
from typing import Any, ClassVar
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Tracking
from eventsourcing.popo import POPOTrackingRecorder
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection
from eventsourcing.utils import get_topic


class Basket(Aggregate):
    """What somebody wants to buy."""

    class Opened(Aggregate.Created):
        """Somebody has begun."""

        owner: str

    class Filled(Aggregate.Event):
        """Something was put in."""

        item: str

    @event(Opened)
    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.items: list[str] = []

    @event(Filled)
    def fill(self, item: str) -> None:
        """Put something in."""
        self.items.append(item)


class Loan(Aggregate):
    """A book that somebody has at home."""

    class Lent(Aggregate.Created):
        """It was handed over."""

        book: str

    @event(Lent)
    def __init__(self, book: str) -> None:
        self.book = book


class Shop(Application[UUID]):
    """Sells."""

    snapshotting_intervals: ClassVar[dict[Any, int]] = {Basket: 3}


class Library(Application[UUID]):
    """Lends."""


class Items(POPOTrackingRecorder):
    """The view that counts how often an item was put into a basket."""

    def __init__(self) -> None:
        super().__init__()
        self.counted: Counter[str] = Counter()


class CountItems(Projection[Items]):
    """Counts items."""

    topics = (get_topic(Basket.Filled),)

    @singledispatchmethod
    def process_event(self, _event: object, tracking: Tracking) -> None:
        """Skip events that are not items."""
        self.view.insert_tracking(tracking)

    @process_event.register
    def _(self, filled: Basket.Filled, tracking: Tracking) -> None:
        self.view.counted[filled.item] += 1
        self.view.insert_tracking(tracking)


class Kept(PostgresTrackingRecorder):
    """A view with its own table, in its reader's own database."""


class KeepUp(Projection[Kept]):
    """Keeps in memory what this process has seen, and in the database how far it is."""

    def __init__(self, view: Kept) -> None:
        super().__init__(view)
        self.seen: list[int] = []

    @singledispatchmethod
    def process_event(self, _event: object, tracking: Tracking) -> None:
        """Remember the event."""
        self.view.insert_tracking(tracking)
        self.seen.append(tracking.notification_id)
