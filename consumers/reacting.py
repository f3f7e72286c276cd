"""The host of the reactions: follows the ledger and the clock, and issues what they lead to. One process does.

Whatever is killed at whatever moment, each command is carried out once: the ledger knows it again by a key that is
made of the reaction and its cause, and the domain refuses what has become pointless meanwhile.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Final, NamedTuple, TypeAlias
from uuid import UUID

from application.deciding import change
from application.streams import load
from application.window import Window
from domain.refusals import Refusal
from domain.topics import TOPICS
from ledger.channels.reactions import ReactionPositions, ReactionsUnavailableError
from ledger.postgresql.task_ending import end
from ledger.published.codec import decode
from ledger.refusals import LedgerBusyError, LedgerUnavailableError, VersionConflictError
from ledger.store.entries import IdempotencyKey, StoredEntry
from ledger.store.ledger import CHANNEL
from ledger.store.reading import Reader
from ledger.store.wakeup import Follower
from ledger.vault.vault import VaultUnavailableError
from reactions.reaction import EventReaction, Seen, TimeReaction, Wanted, key_of

_STAND_BY: Final = 1.0
_AT_ONCE: Final = 500
_TRIES: Final = 5
_NO_BODY: Final = bytes(16)
_AGAIN: Final = (ReactionsUnavailableError, LedgerUnavailableError, LedgerBusyError, VaultUnavailableError)
_log = logging.getLogger(__name__)

Pages: TypeAlias = Callable[[Any], Awaitable[tuple[Sequence[UUID], Any]]]
"""Given the cursor of the page before (None at first), returns streams and the cursor after them; the last is empty."""

Pinned: TypeAlias = Callable[[Any], Awaitable[Any]]


class Timed(NamedTuple):
    """A reaction to time, with where its streams are found.

    Attributes:
        reaction: the rule.
        pages: which streams something may be due for; a view's word, which may lag behind.
        pinned: returns what a state pins and the rule needs to know.
    """

    reaction: TimeReaction
    pages: Pages
    pinned: Pinned


class Reactions:
    """What is hosted: reactions to events, and to time."""

    def __init__(self, of_events: Sequence[EventReaction] = (), of_time: Sequence[Timed] = ()) -> None:
        self.of_events = {reaction.name: reaction for reaction in of_events}
        self.of_time = tuple(of_time)
        names = [*self.of_events, *(timed.reaction.name for timed in of_time)]
        if len(set(names)) < len(names):
            raise ValueError("two reactions have the same name: what one has done would be taken for the other's")


class ReactionHost:
    """Hosts reactions as long as it runs, or stands by while another process does.

    Args:
        url: the database as the role `pencere_projector`.
        window: where commands are carried out.
        reactions: which.
        every: seconds between two looks at what time has led to.
    """

    def __init__(self, url: str, window: Window, reactions: Reactions, *, every: float = 60) -> None:
        self._url, self._window, self._reactions, self._every = url, window, reactions, every
        self._positions = ReactionPositions(url)
        self._reader = Reader(url)
        self._ledger = Follower(url, CHANNEL, self._reader.last)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Host the reactions as long as the block runs."""
        task = asyncio.get_running_loop().create_task(self.run())
        try:
            yield
        finally:
            await end(task)

    async def run(self) -> None:
        """Host the reactions until cancelled; a database that is away is waited for."""
        task = asyncio.current_task()
        try:
            # Asked for, since before Python 3.12 a wait may lose a cancellation.
            while task is None or not task.cancelling():
                try:
                    await self._host()
                except _AGAIN as error:
                    _log.warning("reactions begin anew: %s", type(error).__name__)
                await self._positions.close()
                await asyncio.sleep(_STAND_BY / 2)  # back-off while the database is away
        finally:
            await self._ledger.close()
            await self._reader.close()
            await self._positions.close()

    async def _host(self) -> None:
        while True:
            if await self._positions.elect():
                break
            await asyncio.sleep(_STAND_BY)  # another one hosts; its lock goes with its session
        await self._ledger.open()
        loop = asyncio.get_running_loop()
        next_look = loop.time()
        try:
            while await self._positions.elect():
                reached = await self._follow()
                if loop.time() >= next_look:
                    next_look = loop.time() + self._every
                    await self._look_at_the_clock()
                await self._ledger.wait_beyond(reached, max(0.0, min(_STAND_BY, next_look - loop.time())))
        finally:
            await self._ledger.close()

    async def _follow(self) -> int:
        """Have every reaction to events reach what was the ledger's end; return where that is."""
        head = await self._reader.last()
        positions = await self._positions.read(list(self._reactions.of_events))
        for name, position in positions.items():
            with _a_fault_of(name):
                await self._follow_with(self._reactions.of_events[name], position, head)
        return head

    async def _follow_with(self, reaction: EventReaction, position: int, head: int) -> None:
        while position < head and (entries := await self._reader.after(position, _AT_ONCE)):
            for entry in entries:
                if entry.topic in reaction.topics and entry.topic in TOPICS:
                    await self._react(reaction, entry)
            position = entries[-1].position
            # The commit point: a crash before it, and everything in between is asked for again, and done once.
            await self._positions.keep(reaction.name, position)

    async def _react(self, reaction: EventReaction, entry: StoredEntry) -> None:
        state = (await load(self._window.ledger, reaction.kind, entry.stream, up_to=entry.version)).state
        if state is None:
            return  # a stream of another kind, in which somebody has put an event of this topic
        decoded = decode(entry)
        seen = Seen(entry.stream, entry.version, decoded.event, decoded.envelope)
        for number, wanted in enumerate(reaction.react(seen, state, self._window.clock())):
            await self._carry_out(reaction.name, number, wanted)

    async def _look_at_the_clock(self) -> None:
        for timed in self._reactions.of_time:
            with _a_fault_of(timed.reaction.name):
                streams, cursor = await timed.pages(None)
                while streams:
                    await asyncio.gather(*(self._check(timed, stream) for stream in streams))
                    await self._positions.elect()
                    streams, cursor = await timed.pages(cursor)

    async def _check(self, timed: Timed, stream: UUID) -> None:
        reaction = timed.reaction
        state = (await load(self._window.ledger, reaction.kind, stream)).state
        if state is None:
            return
        wants = reaction.due(stream, state, await timed.pinned(state), self._window.clock())
        for number, wanted in enumerate(wants):
            await self._carry_out(reaction.name, number, wanted)

    async def _carry_out(self, reaction: str, number: int, wanted: Wanted) -> None:
        """Carry a command out, unless that was done, or the domain refuses it: then there is nothing to do any more."""
        key = IdempotencyKey(key_of(reaction, wanted.cause, number), _NO_BODY)
        for _ in range(_TRIES):
            found = await load(self._window.ledger, wanted.kind, wanted.stream)
            try:
                await change(self._window, found, wanted.command, key=key, cause=wanted.cause)
            except VersionConflictError:
                continue  # somebody has changed the stream in this moment: it is decided anew
            except Refusal as refusal:
                _log.info("the reaction %s is not needed: %s", reaction, refusal.rule)
            return
        raise LedgerBusyError(retry_after=1)


@contextlib.contextmanager
def _a_fault_of(reaction: str) -> Any:
    """Let one reaction's fault stop nobody else: it is tried again, and an operator reads of it meanwhile."""
    try:
        yield
    except _AGAIN:
        raise
    except Exception as error:  # noqa: BLE001 - a fault of ours in one rule must not stop the others
        _log.error("the reaction %s has a fault and stands still: %s", reaction, type(error).__name__)
