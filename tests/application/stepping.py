"""Use cases that go on one question to a database at a time, and die wherever the test wants: the databases are real.

Before each statement of its vault and each call of its ledger a use case waits to be let go on. So whatever others
do at that place is done, and a use case that is ended there is a process that died there.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from application.window import Window, window_on
from ledger.postgresql.task_ending import end

_PATIENCE = 30.0


class _Gated:
    """Passes everything on; what asks a database waits at the gate first."""

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
_VAULT = frozenset({"make_key", "find", "open_keys", "keys_of", "shred", "try_for_case", "drop_tried"})


class Stepped:
    """A use case under way: a process of its own."""

    def __init__(self, name: str, window: Window, use_case: Callable[[Window], Awaitable[object]]) -> None:
        self.name = name
        self._at_gate, self._go_on = asyncio.Event(), asyncio.Event()
        ledger: Any = _Gated(window.ledger, self._gate, _LEDGER)
        vault: Any = _Gated(window.vault, self._gate, _VAULT)
        upkeep = _Gated(window.vault.upkeep, self._gate, frozenset({"run"}))
        vault.upkeep = upkeep
        self._task = asyncio.get_running_loop().create_task(self._run(ledger, vault, window, use_case))

    @property
    def has_ended(self) -> bool:
        """Whether nothing is left to do."""
        return self._task.done()

    @property
    def answer(self) -> object:
        """What the use case gave, or the refusal that it met."""
        return self._task.exception() or self._task.result()

    async def step(self) -> None:
        """Let it ask its next question, and return when it has the answer and wants to ask another, or has ended."""
        self._at_gate.clear()
        self._go_on.set()
        await self.arrived()

    async def arrived(self) -> None:
        """Return when it stands at the gate, or has ended."""
        at_gate = asyncio.create_task(self._at_gate.wait())
        done, _ = await asyncio.wait({at_gate, self._task}, timeout=_PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        await end(at_gate)
        assert done, f"{self.name} neither went on nor ended"

    async def finish(self) -> None:
        """Let it go on to its end."""
        while not self.has_ended:
            await self.step()

    async def die(self) -> None:
        """End it where it stands."""
        while not self.has_ended:
            self._task.cancel()  # again and again: what it has taken in it wants to record first
            await asyncio.wait({self._task}, timeout=0.01)

    async def _run(
        self, ledger: Any, vault: Any, window: Window, use_case: Callable[[Window], Awaitable[object]]
    ) -> object:
        async with window_on(ledger, vault, window.clock) as own:
            return await use_case(own._replace(catalogue=window.catalogue))  # which nobody changes here

    async def _gate(self) -> None:
        self._go_on.clear()
        self._at_gate.set()
        await self._go_on.wait()
