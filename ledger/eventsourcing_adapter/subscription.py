"""Follows the ledger as the package's subscriptions do, without another thread."""

from collections import deque
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future

from eventsourcing.persistence import ApplicationRecorder, Notification, Subscription

from ledger.eventsourcing_adapter.notifications import LedgerNotification, scan
from ledger.eventsourcing_adapter.translation import translated
from ledger.refusals import LedgerClosedError
from ledger.store.threads import ThreadedLedger

_PAGE = 500
_LONGEST_WAIT = 3600.0  # seconds; the ledger polls once a second meanwhile, so this is no poll


class LedgerSubscription(Subscription[ApplicationRecorder]):
    """Yields the ledger's events after `gt`, and then new ones as they come, for one consuming thread.

    It survives a dropped listening connection without a gap: the ledger listens again, and polls meanwhile. If the
    database is away for longer than the ledger's patience, the iteration ends with OperationalError.
    """

    def __init__(
        self, recorder: ApplicationRecorder, ledger: ThreadedLedger, gt: int | None = None, topics: Sequence[str] = ()
    ) -> None:
        super().__init__(recorder=recorder, gt=gt, topics=topics)
        self._ledger = ledger
        self._seen = max(gt or 0, 0)
        self._page: deque[LedgerNotification] = deque()
        self._waiting: Future[int] | None = None

    def stop(self) -> None:
        """End the iteration, even while it waits; any thread may call this."""
        super().stop()
        if self._waiting is not None:
            self._waiting.cancel()

    def __next__(self) -> Notification:
        with translated():
            while not self._has_been_stopped:
                if self._page:
                    return self._page.popleft()
                self._turn_page(self._head_beyond_seen())
        raise StopIteration

    def _turn_page(self, head: int) -> None:
        # Skipped events with other topics count as seen, so that the search for a rare topic is not repeated.
        if head > self._seen:
            found, self._seen = scan(self._ledger, self._seen, head, self._topics, _PAGE)
            self._page.extend(found)

    def _head_beyond_seen(self) -> int:
        self._waiting = self._ledger.when_beyond(self._seen, _LONGEST_WAIT)
        if self._has_been_stopped:  # between the caller's check and the line above: `stop` had nothing to cancel
            self._waiting.cancel()
        try:
            return self._waiting.result()
        except CancelledError:
            if self._has_been_stopped:
                return self._seen
            raise LedgerClosedError from None
