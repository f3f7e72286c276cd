"""The host of the reactions: follows the ledger and the clock, and issues what they lead to. One process does.

Whatever is killed at whatever moment, each command is carried out once: the ledger knows it again by a key that is
made of the reaction and its cause, and the domain refuses what has become pointless meanwhile.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final, NamedTuple

from application.window import Window
from consumers.carrying_out import AWAY, UnreadableStreamError, carry_out, load_readable
from consumers.legal_time import LegalTime, Sources, this_machine
from consumers.reacting_to_time import Pinned, Timed, look
from domain.topics import TOPICS
from ledger.channels.reactions import ReactionPositions
from ledger.postgresql.task_ending import close_all, end
from ledger.published.codec import decode
from ledger.refusals import VersionConflictError
from ledger.store.entries import StoredEntry
from ledger.store.ledger import CHANNEL, LAST
from ledger.store.reading import Reader
from ledger.store.wakeup import Follower
from reactions.reaction import EventReaction, Seen

_STAND_BY: Final = 1.0
_AT_ONCE: Final = 500
_REST: Final = 60.0
_APART: Final = 0.05  # seconds; events that come meanwhile are looked at together: nobody waits for a reaction
_log = logging.getLogger(__name__)


async def nothing_pinned(_: Any) -> None:
    """Return what a rule is given that needs no more than the event and its state."""


class Heard(NamedTuple):
    """A reaction to events; `pinned` returns what a state pins and the rule needs to know."""

    reaction: EventReaction
    pinned: Pinned = nothing_pinned

    @property
    def name(self) -> str:
        """The reaction's name."""
        return self.reaction.name


class Reactions:
    """What is hosted: reactions to events, and to time."""

    def __init__(self, of_events: Sequence[Heard] = (), of_time: Sequence[Timed] = ()) -> None:
        self.of_events = {heard.name: heard for heard in of_events}
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
        sources: what says what time it is; else the window's clock and the machine, and no time server.
    """

    def __init__(
        self, url: str, window: Window, reactions: Reactions, *, every: float = 60, sources: Sources | None = None
    ) -> None:
        self._window, self._reactions, self._every = window, reactions, every
        self._positions = ReactionPositions(url)
        self._time = LegalTime(self._positions.time, sources or Sources(window.clock, this_machine()))
        self._reader = Reader(url)
        self._ledger = Follower(url, CHANNEL, self._reader.last, apart=_APART)
        self._rests_until: dict[str, float] = {}

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
                except AWAY as error:
                    _log.warning("reactions begin anew: %s", type(error).__name__)
                await self._positions.close()
                await asyncio.sleep(_STAND_BY / 2)  # back-off while the database is away
        finally:
            await close_all(self._ledger.close, self._reader.close, self._positions.close)

    async def _host(self) -> None:
        while True:
            if await self._positions.elect():
                break
            await asyncio.sleep(_STAND_BY)  # another one hosts; its lock goes with its session
        if self._reactions.of_events:
            await self._ledger.open()
        loop = asyncio.get_running_loop()
        next_look = loop.time()
        try:
            while await self._positions.elect():
                reached = await self._follow()
                if loop.time() >= next_look:
                    next_look = loop.time() + self._every
                    await self._look_at_the_clock()
                await self._wait(reached, max(0.0, min(_STAND_BY, next_look - loop.time())))
        finally:
            await self._ledger.close()

    async def _wait(self, reached: int, seconds: float) -> None:
        """Wait for the next look at the clock, or for an event if any reaction is to events."""
        if self._reactions.of_events:
            await self._ledger.wait_beyond(reached, seconds)
        else:
            await asyncio.sleep(seconds)

    async def _follow(self) -> int:
        """Have every reaction to events reach what was the ledger's end; return where that is."""
        if not self._reactions.of_events:
            return LAST  # no event is waited for: the clock has its own time
        head = await self._reader.last()
        positions = await self._positions.read(list(self._reactions.of_events))
        for name, position in positions.items():
            if asyncio.get_running_loop().time() >= self._rests_until.get(name, 0.0):
                await self._follow_with(self._reactions.of_events[name], position, head)
        return head

    async def _follow_with(self, heard: Heard, position: int, head: int) -> None:
        reaction = heard.reaction
        while position < head and (entries := await self._reader.after(position, _AT_ONCE)):
            for entry in entries:
                try:
                    if entry.topic in reaction.topics and entry.topic in TOPICS:
                        await self._react(heard, entry)
                except AWAY:
                    raise
                except UnreadableStreamError as error:
                    # No command of ours leads there, so that nothing follows from it; the audit names it.
                    _log.error("the reaction %s leaves position %d out: %s", reaction.name, entry.position, error)
                except Exception as error:  # noqa: BLE001 - a fault of ours in one rule must not stop the others
                    # What was done is not asked for again: the ledger forgets in time what it has answered.
                    await self._positions.keep(reaction.name, entry.position - 1)
                    self._stand_still(reaction.name, error, entry.position)
                    return
            position = entries[-1].position
            # The commit point: a crash before it, and everything in between is asked for again, and done once.
            await self._positions.keep(reaction.name, position)

    def _stand_still(self, reaction: str, error: Exception, position: int) -> None:
        """Leave a reaction alone for a while; an operator reads of it meanwhile."""
        is_contended = isinstance(error, VersionConflictError)
        now = asyncio.get_running_loop().time()
        self._rests_until[reaction] = now + (_STAND_BY if is_contended else _REST)
        says = "waits for its stream" if is_contended else "has a fault and stands still"
        _log.error("the reaction %s %s: %s at position %d", reaction, says, type(error).__name__, position)

    async def _react(self, heard: Heard, entry: StoredEntry) -> None:
        reaction = heard.reaction
        state = (await load_readable(self._window, reaction.kind, entry.stream, up_to=entry.version)).state
        if state is None:
            return  # a stream of another kind, in which somebody has put an event of this topic
        decoded = decode(entry)
        seen = Seen(entry.stream, entry.version, decoded.event, decoded.envelope)
        pinned = await heard.pinned(state)
        for number, wanted in enumerate(reaction.react(seen, state, pinned, self._window.clock())):
            await carry_out(self._window, reaction.name, number, wanted)

    async def _goes_on(self) -> bool:
        """Return whether this process is the host still; what events lead to does not wait for the clock's end."""
        if not await self._positions.elect():
            return False
        await self._follow()
        return True

    async def _look_at_the_clock(self) -> None:
        if not self._reactions.of_time or await self._time.now() is None:
            return
        for timed in self._reactions.of_time:
            try:
                await look(self._window, timed, self._positions, self._time.now, self._goes_on)
            except AWAY:
                raise
            except Exception as error:  # noqa: BLE001 - as above
                says = "the reaction %s has a fault and stands still: %s"
                _log.error(says, timed.reaction.name, type(error).__name__)
