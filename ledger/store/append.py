"""The append coordinator: one connection, one batch under way, everybody answered after the commit.

A lost connection leaves the outcome of a batch unknown. The batch is then sent again: what was committed is
recognised by its salts and answered with its first positions, what was not is appended now. So a caller gets its
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
from ledger.refusals import LedgerUnavailableError
from ledger.store.batch import Append, Outcome, bytes_of, parameters, refusal, touched_by, verdicts
from ledger.store.entries import Appended

_log = logging.getLogger(__name__)
_CALL = b"SELECT * FROM ledger.append(%b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b)"
_HEAVIEST_WAITING = 256 << 20


class AppendCoordinator:
    """Appends what its process wants appended.

    Args:
        url: the database, as the writer role.
        on_append: called with the ledger's new last position after each commit.
        observe: told of each batch how many requests it had, and the seconds from sending it to its commit.
        patience: seconds for which a batch is sent again while the database is away; whoever waits is told then.
        most_waiting: requests that may wait.
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
        """Append and return where; see `Ledger.append`."""
        return await self._gatherer.ask(request)

    async def close(self) -> None:
        """Answer what waits, then disconnect."""
        await self._gatherer.close()
        await self._line.drop()

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
                # What is answered already stays answered; nobody of the rest need wait as long again.
                return [*outcomes, *[error] * (len(batch) - len(outcomes))]
            except Exception as error:  # noqa: BLE001 - the guilty request's, whatever it is; the others must pass
                if len(part) == 1:
                    outcomes.append(refusal(part[0], error))
                else:  # it failed as a whole: split it until the guilty one is alone with its error
                    half = len(part) // 2
                    parts += [part[half:], part[:half]]
        return outcomes

    async def _store(self, batch: Sequence[Append], patience: Patience) -> Sequence[Outcome]:
        """Send the batch until it is answered, or until patience is over; raise what is the fault of a request."""
        try:
            # Unknown whether a batch was committed whose session is lost; sending it again finds out (see above).
            return await patience.ask(lambda: self._send(batch))
        except psycopg.errors.DiskFull as error:
            raise LedgerUnavailableError("the database has no room left") from error

    async def _send(self, batch: Sequence[Append]) -> Sequence[Outcome]:
        session = await self._line.session()
        # The commit point is inside this call: when it returns, every accepted event is durable.
        sent = time.perf_counter()
        outcomes, last = verdicts(batch, await session.rows(_CALL, parameters(batch)))
        _tell(self._observe, len(batch), time.perf_counter() - sent)
        _tell(self._on_append, last)
        return outcomes


def _tell(watcher: Callable[..., None], *news: object) -> None:
    """Tell a watcher; what goes wrong there must not take the place of an answer: the batch is committed."""
    try:
        watcher(*news)
    except Exception:  # noqa: BLE001 - whatever it is, it is not the answer
        _log.exception("a watcher of the appends has failed")
