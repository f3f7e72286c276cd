"""Events to publish, from a country that goes on whatever happens to its database, with views that fold it."""

import asyncio
import threading
from typing import Self

from ledger.store.entries import IdempotencyKey
from ledger.store.ledger import Ledger
from tests.api.running import Where
from tests.projections.folding import folding
from tests.projections.lives import Country, append

_BEFORE = 200
_AT_ONCE = 12
_PAUSE = 0.02  # as many as a busy window makes, but not as many as it could


class Growth:
    """A ledger that grows while the context is open. The next context goes on with the same country.

    Args:
        where: the databases.
        seed: the seed of everything that happens in the country.
    """

    def __init__(self, where: Where, seed: int) -> None:
        self._where, self._country = where, Country(seed)
        self._is_over = threading.Event()
        self._failure: BaseException | None = None
        self._appends = 0
        asyncio.run(append(where.writer, self._country.live(_BEFORE)))

    def __enter__(self) -> Self:
        self._is_over.clear()
        self._thread = threading.Thread(target=self._run, name="growth")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        try:
            asyncio.run(self._live())
        except BaseException as failure:  # noqa: BLE001 - raised at the end of the context
            self._failure = failure

    async def _live(self) -> None:
        async with Ledger(self._where.writer) as ledger, folding(self._where.projector) as projector:
            while not self._is_over.is_set():
                self._appends += 1
                # The ledger repeats an append while its database is away; the key ensures that it is stored once.
                key = IdempotencyKey(self._appends.to_bytes(16, "big"), bytes(16))
                last = await ledger.append(self._country.live(_AT_ONCE), key=key)
                await asyncio.sleep(_PAUSE)
            await projector.catch_up(last.position)
