"""Watches the right behind a long answer: it ends within a second of when a new request would be refused."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from api.calls import Call
from api.refusals import check_not_expired
from ledger.refusals import LedgerClosedError, LedgerUnavailableError

Answer = TypeVar("Answer")
_LOOK: Final = 0.5  # seconds between two checks of the right
_UNANSWERED: Final = 5.0  # seconds after which a check counts as unanswered: the right is then unknown


class Right:
    """A right that is watched while the block runs.

    Args:
        call: the request and its caller.
        check_still_open: raises the refusal that a new request would get, apart from those about its token.

    Raises:
        TokenRefusedError: by any method, when the token has expired.
        LedgerClosedError: when the process is about to end.
    """

    def __init__(self, call: Call, check_still_open: Callable[[], Awaitable[None]] | None = None) -> None:
        self._caller, self._clock = call.caller, call.services.window.clock
        self._closing, self._check_still_open = call.services.closing, check_still_open
        self._watching: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        watches = [self._watch_token(), self._watch_process()]
        if self._check_still_open is not None:
            watches.append(self._watch(self._check_still_open))
        self._watching += [asyncio.create_task(watch) for watch in watches]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # If the reader has gone, this task is cancelled, and a cancelled task cannot wait for anything.
        for watch in self._watching:
            watch.cancel()

    def check(self) -> None:
        """Check that the right still exists."""
        check_not_expired(self._caller, self._clock())
        for watch in self._watching:
            if watch.done():
                watch.result()

    async def wait_for(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Return the result of the work, unless the right ends first."""
        working = asyncio.create_task(work)
        try:
            await asyncio.wait({working, *self._watching}, return_when=asyncio.FIRST_COMPLETED)
            self.check()
            return working.result()
        finally:
            working.cancel()

    async def _watch_token(self) -> None:
        while True:
            check_not_expired(self._caller, now := self._clock())
            ends = self._caller.expires_at
            # Checked again now and then, as somebody may set the machine's clock.
            await asyncio.sleep(_LOOK if ends is None else max(0.0, min(_LOOK, ends - now.timestamp())))

    async def _watch_process(self) -> None:
        await self._closing.wait()
        raise LedgerClosedError

    async def _watch(self, check: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(_LOOK)
            try:
                async with asyncio.timeout(_UNANSWERED):
                    await check()
            except TimeoutError:
                raise LedgerUnavailableError from None
