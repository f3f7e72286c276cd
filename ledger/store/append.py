"""The append coordinator: one connection, one batch at a time, all callers answered after the commit.

After a lost connection the outcome of a batch is unknown. The batch is then sent again. Requests that were committed
are recognised by their salts and answered with their first positions; the others are appended now. So a caller gets the
true answer late rather than a wrong one early.
"""

import logging
import time
from collections.abc import Callable, Sequence

import psycopg

from ledger.postgresql.group_commit import Gatherer
from ledger.postgresql.kinds import APPEND
from ledger.postgresql.line import Line
from ledger.postgresql.patience import Patience
from ledger.postgresql.task_ending import close_all
from ledger.refusals import LedgerUnavailableError
from ledger.store.batch import Append, Outcome, bytes_of, parameters, refusal, touched_by, verdicts
from ledger.store.entries import Appended

_log = logging.getLogger(__name__)
_CALL = b"SELECT * FROM ledger.append(%b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b)"
_HEAVIEST_WAITING = 256 << 20


class AppendCoordinator:
    """Appends all events of its process.

    Args:
        url: the database, as the writer role.
        on_append: called with the ledger's new last position after each commit.
        observe: called for each batch with its number of requests, and the seconds from sending it to its commit.
        patience: seconds for which a batch is sent again while the database is away; after that, its callers get an
            error.
        most_waiting: the most requests that may wait.
    """

    def __init__(
        self,
        url: str,
        *,
        on_append: Callable[[int], None],
        observe: Callable[[int, float], None] = lambda _requests, _seconds: None,
        patience: float = 30,
        most_waiting: int = 4096,
    ) -> None:
        self._on_append, self._observe, self._patience = on_append, observe, patience
        self._line = Line(url, APPEND.within(patience))
        self._gatherer = Gatherer[Append, Appended](
            self._commit,
            most_waiting=most_waiting,
            heaviest_waiting=_HEAVIEST_WAITING,
            weigh=bytes_of,
            touches=touched_by,
        )

    async def append(self, request: Append) -> Appended:
        """Append the events and return their place; see `Ledger.append`."""
        return await self._gatherer.ask(request)

    async def close(self) -> None:
        """Answer the waiting requests, then disconnect."""
        await close_all(self._gatherer.close, self._line.drop)

    async def _commit(self, batch: Sequence[Append]) -> Sequence[Outcome]:
        patience = Patience(self._patience, LedgerUnavailableError)
        outcomes: list[Outcome] = []
        parts = [batch]
        while parts:
            part = parts.pop()
            try:
                outcomes += await self._store(part, patience)
            except LedgerUnavailableError as error:
                if not outcomes:
                    raise
                # Answered requests stay answered. The others need not wait as long again.
                return [*outcomes, *[error] * (len(batch) - len(outcomes))]
            except Exception as error:  # noqa: BLE001 - one request's fault, whatever it is; the others must pass
                if len(part) == 1:
                    outcomes.append(refusal(part[0], error))
                else:  # the batch failed as a whole: split it until the faulty request is alone with its error
                    half = len(part) // 2
                    parts += [part[half:], part[:half]]
        return outcomes

    async def _store(self, batch: Sequence[Append], patience: Patience) -> Sequence[Outcome]:
        """Send the batch until it is answered or `patience` is over; raise an error that is a request's fault."""
        # When a session is lost, nobody knows whether its batch was committed; sending it again finds out (see above).
        return await patience.ask(lambda: self._send(batch))

    async def _send(self, batch: Sequence[Append]) -> Sequence[Outcome]:
        session = await self._line.session()
        # The commit point is inside this call: when it returns, every accepted event is durable.
        sent = time.perf_counter()
        try:
            rows = await session.rows(_CALL, parameters(batch))
        except psycopg.errors.DiskFull as error:  # no lost session: waiting makes no room, and a person must know
            raise LedgerUnavailableError("the database has no room left") from error
        outcomes, last = verdicts(batch, rows)
        _tell(self._observe, len(batch), time.perf_counter() - sent)
        _tell(self._on_append, last)
        return outcomes


def _tell(watcher: Callable[..., None], *news: object) -> None:
    """Call a watcher. Its errors must not replace an answer, since the batch is committed."""
    try:
        watcher(*news)
    except Exception:  # noqa: BLE001 - whatever the error is, it is not the answer
        _log.exception("a watcher of the appends has failed")
