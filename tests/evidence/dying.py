"""Ends the process that asks resources at one of its steps: from there on it does nothing more, as after `kill -9`."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from application.evidence.exchange import Exchange

_STEPS = frozenset({"keep", "move", "of", "post", "append", "open_keys"})


class Death:
    """Is given the parts that a process asks, and stands before and after each of their calls that change something.

    Args:
        at: how many steps the process does before it dies.
    """

    def __init__(self, at: int) -> None:
        self._left = at
        self.has_come = threading.Event()

    def __call__(self, part: Any) -> Any:
        """Return the part as the process is given it."""
        if isinstance(part, Exchange):
            window = part.window
            parts: dict[str, Any] = {"ledger": _Stepped(self, window.ledger), "vault": _Stepped(self, window.vault)}
            return part._replace(window=window._replace(**parts))
        return _Stepped(self, part)

    async def step(self) -> None:
        """Go on, or die."""
        self._left -= 1
        if self._left < 0:
            self.has_come.set()
            await asyncio.Event().wait()


class _Stepped:
    def __init__(self, death: Death, behind: Any) -> None:
        self._death, self._behind = death, behind

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._behind, name)
        return self._in_steps(found) if name in _STEPS else found

    def _in_steps(self, found: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def stepped(*arguments: Any, **named: Any) -> Any:
            await self._death.step()
            answer = await found(*arguments, **named)
            await self._death.step()
            return answer

        return stepped
