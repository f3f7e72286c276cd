"""Runs use cases one question to a database at a time, and ends them wherever the test wants. The databases are real.

Before each statement of its vault and each call of its ledger, a use case waits until the test lets it go on. So the
test can do anything at that place, and a use case that is ended there is like a process that died there.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from application.window import Window, window_on
from ledger.postgresql.task_ending import end

_PATIENCE = 30.0


class _Gated:
    """Passes every call on; calls that ask a database first wait at the gate."""

    def __init__(self, behind: Any, gate: Callable[[], Awaitable[None]], asking: frozenset[str]) -> None:
        self._behind, self._gate, self._asking = behind, gate, asking

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._behind, name)
        if name not in self._asking:
            return found

        async def gated(*arguments: Any, **named: Any) -> Any:
            await self._gate()
            return await found(*arguments, **named)

        return gated


_LEDGER = frozenset({"append", "answer_to", "read_stream", "read_versions", "existing", "beginnings"})
_VAULT = frozenset({"make_key", "find", "is_party", "open_keys", "keys_of", "shred", "drop_key"})
_MANDATES = frozenset({"offer", "offered", "let_open", "close_to", "end", "make_for_giver", "is_givers"})


class _OfOneProcess:
    """Passes every call on to the catalogue. The turns at desks are of one process: others do not wait for them."""

    def __init__(self, catalogue: Any) -> None:
        self._catalogue = catalogue

    def __getattr__(self, name: str) -> Any:
        return getattr(self._catalogue, name)

    def turn_at_desk(self, _: UUID) -> asyncio.Lock:
        """Return a turn that nobody else waits for."""
        return asyncio.Lock()


class Stepped:
    """A use case that runs in steps, like a separate process."""

    def __init__(self, name: str, window: Window, use_case: Callable[[Window], Awaitable[object]]) -> None:
        self.name = name
        self._at_gate, self._go_on = asyncio.Event(), asyncio.Event()
        ledger: Any = _Gated(window.ledger, self._gate, _LEDGER)
        vault: Any = _Gated(window.vault, self._gate, _VAULT)
        upkeep = _Gated(window.vault.upkeep, self._gate, frozenset({"run"}))
        vault.upkeep = upkeep
        vault.mandates = _Gated(window.vault.mandates, self._gate, _MANDATES)
        self._task = asyncio.get_running_loop().create_task(self._run(ledger, vault, window, use_case))

    @property
    def has_ended(self) -> bool:
        """Whether the use case has ended."""
        return self._task.done()

    @property
    def answer(self) -> object:
        """The use case's result, or its refusal."""
        return self._task.exception() or self._task.result()

    async def step(self) -> None:
        """Let it ask its next question; return when it has the answer and wants to ask the next, or has ended."""
        self._at_gate.clear()
        self._go_on.set()
        await self.arrived()

    async def arrived(self) -> None:
        """Wait until it is at the gate, or has ended."""
        at_gate = asyncio.create_task(self._at_gate.wait())
        done, _ = await asyncio.wait({at_gate, self._task}, timeout=_PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        await end(at_gate)
        assert done, f"{self.name} neither went on nor ended"

    async def go(self, steps: int) -> None:
        """Let it go so many steps, or to its end if that comes before."""
        for _ in range(steps):
            if not self.has_ended:
                await self.step()

    async def until(self, holds: Callable[[], Awaitable[object]]) -> None:
        """Let it go on until something holds."""
        while not await holds():
            await self.step()

    async def finish(self) -> None:
        """Let it run to its end."""
        while not self.has_ended:
            await self.step()

    async def die(self) -> None:
        """End it where it is."""
        while not self.has_ended:
            self._task.cancel()  # repeated, because it first tries to record its queued looks
            await asyncio.wait({self._task}, timeout=0.01)

    async def _run(
        self, ledger: Any, vault: Any, window: Window, use_case: Callable[[Window], Awaitable[object]]
    ) -> object:
        async with window_on(ledger, vault, window.clock) as own:
            catalogue: Any = _OfOneProcess(window.catalogue)  # nobody changes these here
            return await use_case(own._replace(catalogue=catalogue))

    async def _gate(self) -> None:
        self._go_on.clear()
        self._at_gate.set()
        await self._go_on.wait()
