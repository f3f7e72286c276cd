"""Repeats a query while a database is away, with a back-off, up to a time limit."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import psycopg

from ledger.postgresql.lost import is_lost
from ledger.refusals import AwayError

Answer = TypeVar("Answer")

_SHORTEST_PAUSE: Final = 0.02
_LONGEST_PAUSE: Final = 0.5


class Patience:
    """A time limit for repeating queries; it begins now, and several queries may share it.

    Args:
        seconds: for how long.
        away: the error to raise then.
    """

    def __init__(self, seconds: float, away: type[AwayError]) -> None:
        self._give_up_at, self._away = time.monotonic() + seconds, away

    async def ask(self, attempt: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return the result of the attempt, which is repeated as long as its session is lost.

        The last try begins when the time is over: this process may have been stopped or suspended in the one before.
        """
        pause = _SHORTEST_PAUSE
        while True:
            began = time.monotonic()
            try:
                return await attempt()
            except psycopg.Error as error:
                if not is_lost(error):
                    raise
                if began > self._give_up_at:
                    raise self._away("the database did not answer in time") from error
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
