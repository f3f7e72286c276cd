"""One question for all who have the same one at the same time."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Final, Generic, TypeVar

Answer = TypeVar("Answer")

_TOO_LONG: Final = 0.1  # seconds, after which an answer that is under way is waited for no more


class SharedQuestion(Generic[Answer]):
    """A question whose answer changes with time, for tasks of one event loop.

    Args:
        ask: asks it once.
    """

    def __init__(self, ask: Callable[[], Coroutine[object, object, Answer]]) -> None:
        self._ask = ask
        self._last: asyncio.Task[Answer] | None = None
        self._is_asked = True

    async def answer(self, suffices: Callable[[Answer], bool] = lambda _: False) -> Answer:
        """Return an answer that was asked for after this call began, or one under way before it if that suffices.

        All who want one at the same time share it, its error too. One that takes long holds nobody up who comes later.
        """
        before = self._last
        if before is not None and self._is_asked and not before.done():
            await asyncio.wait([before], timeout=_TOO_LONG)
            if before.done() and before.exception() is None and suffices(before.result()):
                return before.result()
        current = self._last
        if current is None or (current is before and self._is_asked):  # else somebody has begun one since we came
            current = self._last = asyncio.get_running_loop().create_task(self._once())
            self._is_asked = False
        return await asyncio.shield(current)  # who gives up takes the answer from nobody

    async def _once(self) -> Answer:
        self._is_asked = True
        return await self._ask()
