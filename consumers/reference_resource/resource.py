"""The reference resource between its doors: hears a message, and says things later, each in a task of its own."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

import httpcore2
from joserfc.jwk import OKPKey

from application.clock import Clock
from application.evidence.sealing import said_raw
from application.evidence.signing import MEDIA_TYPE, key_id_of
from consumers.reference_resource.answering import Answering, Said
from consumers.reference_resource.window_keys import WindowKeys
from domain.evidence.faults import Fault, NotAcceptedError
from domain.evidence.values import ReplyTo

Say: TypeAlias = Callable[[str, bytes], Awaitable[None]]
"""Says a message about something."""

_TRIES: Final = 8
_FIRST_PAUSE: Final = 0.2
_TIMEOUTS: Final = {"connect": 3.0, "read": 10.0, "write": 3.0, "pool": 3.0}
_log = logging.getLogger(__name__)


class Resource:
    """Hears and says. It is used within one event loop, and closed at its end. `heard` counts the window's messages.

    Args:
        answering: what it says.
        window: the window's keys.
        clock: the time.
    """

    def __init__(self, answering: Answering, window: WindowKeys, clock: Clock) -> None:
        self.answering, self._window, self._clock = answering, window, clock
        self._sealing: OKPKey | None = None
        self.heard = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._http = httpcore2.AsyncConnectionPool(max_connections=8)

    async def close(self) -> None:
        """End what was to be said later: the window asks again."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.aclose()

    async def hear(self, raw: bytes) -> Said:
        """Return what is to be said to a message.

        Raises:
            NotAcceptedError: nobody known has signed it, or nothing in it says what it is about.
        """
        keys = await self._window.having(key_id_of(raw))
        self._sealing = keys.sealing
        said = self.answering.say(raw, keys.verifying, self._clock())
        self.heard += 1
        return said

    def sealed(self, signed_message: bytes) -> bytes:
        """Return a message as it is sent: sealed for the window, unless the resource is switched to be careless.

        Raises:
            NotAcceptedError: the window has no key to seal for.
        """
        if self.answering.behaviour.fault == "unsealed":
            return signed_message
        if self._sealing is None:
            raise NotAcceptedError(Fault.NOT_SEALED_FOR_IT)
        return said_raw(signed_message, self._sealing)

    async def wait(self) -> None:
        """Wait as long as the resource is switched to be slow."""
        await asyncio.sleep(self.answering.behaviour.delay_ms / 1000)

    def say_later(self, said: Said, say: Say | None = None) -> None:
        """Say what is to be said later; over HTTP to where the message wants it, unless another way is given."""
        way = say or (self._posting_to(said.to) if said.to is not None else None)
        if said.later and way is not None:
            task = asyncio.get_running_loop().create_task(self._later(said, way))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _later(self, said: Said, say: Say) -> None:
        await asyncio.sleep(said.after.total_seconds())
        for made in said.later:
            await say(said.key, self.sealed(made(self._clock())))

    def _posting_to(self, to: ReplyTo) -> Say:
        async def post(_key: str, raw: bytes) -> None:
            headers = {"content-type": MEDIA_TYPE, "authorization": f"Bearer {to.token}"}
            for number in range(_TRIES):
                try:
                    answer = await self._http.request(
                        "POST",
                        to.address,
                        headers=list(headers.items()),
                        content=raw,
                        extensions={"timeout": _TIMEOUTS},
                    )
                except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as error:
                    _log.warning("the window cannot be told: %s", type(error).__name__)
                else:
                    if answer.status < 500:  # noqa: PLR2004 - told, or refused for good
                        return
                await asyncio.sleep(_FIRST_PAUSE * 2**number)

        return post
