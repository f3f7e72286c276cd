"""What befalls the process that asks resources: it dies at one of its steps, or somebody else is faster."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from application.evidence.exchange import Exchange
from ledger.refusals import VersionConflictError
from ledger.store.entries import NewEvent

_STEPS = frozenset({"keep", "move", "of", "post", "append", "open_keys"})


class Death:
    """Is given the parts that a process asks, and stands before and after each of their calls that change something.

    From the step at which it dies it does nothing more, as after `kill -9`.

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


class Overtaken:
    """Is given the parts that a process asks; the first appends find that somebody else has changed the case."""

    def __init__(self, times: int) -> None:
        self.left = times

    def __call__(self, part: Any) -> Any:
        """Return the part as the process is given it."""
        if not isinstance(part, Exchange):
            return part
        ledger: Any = _Slower(self, part.window.ledger)
        return part._replace(window=part.window._replace(ledger=ledger))


class _Slower:
    def __init__(self, overtaken: Overtaken, behind: Any) -> None:
        self._overtaken, self._behind = overtaken, behind

    def __getattr__(self, name: str) -> Any:
        return getattr(self._behind, name)

    async def append(self, events: Sequence[NewEvent], **named: Any) -> Any:
        """Append, unless somebody else was faster."""
        if self._overtaken.left:
            self._overtaken.left -= 1
            raise VersionConflictError(events[0].stream, events[0].version)
        return await self._behind.append(events, **named)


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
