"""Shares one question among all who ask it at the same time."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Final, Generic, TypeVar

Answer = TypeVar("Answer")

_TOO_LONG: Final = 0.1  # seconds after which an earlier question is no longer waited for


class SharedQuestion(Generic[Answer]):
    """A question whose answer changes with time, for tasks of one event loop.

    Args:
        ask: asks the question once.
    """

    def __init__(self, ask: Callable[[], Coroutine[object, object, Answer]]) -> None:
        self._ask = ask
        self._last: asyncio.Task[Answer] | None = None
        self._is_asked = True

    async def answer(self, suffices: Callable[[Answer], bool] = lambda _: False) -> Answer:
        """Return an answer to a question that began after this call, or an earlier one if that suffices.

        All who ask at the same time share the answer or the error. A slow question does not delay later callers.
        """
        before = self._last
        if before is not None and self._is_asked and not before.done():
            await asyncio.wait([before], timeout=_TOO_LONG)
            if before.done() and before.exception() is None and suffices(before.result()):
                return before.result()
        current = self._last
        if current is None or (current is before and self._is_asked):  # else somebody has asked since this call began
            current = self._last = asyncio.get_running_loop().create_task(self._once())
            self._is_asked = False
        return await asyncio.shield(current)  # a caller that gives up does not take the answer from the others

    async def _once(self) -> Answer:
        self._is_asked = True
        return await self._ask()
