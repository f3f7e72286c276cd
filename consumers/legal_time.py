"""Legal time: the time by which the reactions to time act, and only while its sources agree.

A clock that jumps must grant nothing that was not due. So the machine's wall clock is compared with the ledger, before
whose last entry time never goes; with the time that has elapsed since the machine started, which nobody can set; and
with a time server, where one is set.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple
from uuid import UUID

from application.clock import Clock
from consumers.time_server import TimeServer
from domain.values import micros_at
from ledger.channels.legal_time import Anchor, TimeRows, TimeStanding
from projections.instants import instant_at

_SECOND: Final = 1_000_000
TOLERANCE: Final = 300 * _SECOND
"""By how much two sources may differ and still agree: five minutes, in microseconds.

A clock that is kept is off by less than a second, and one that somebody sets by hand, or that a virtual machine's host
sets once an hour, by a minute or two: none of these should stop anything. What is due is counted in whole days, so that
five minutes can make something due early only in the last five minutes of its day.
"""

_SLOWEST_DRIFT: Final = 2_000
"""One in so many: 500 parts per million, the most by which a kernel corrects a clock; 43 s a day."""

_WORTH_KEEPING: Final = _SECOND
_ASK_AGAIN: Final = 15 * _SECOND
"""A time server is asked no more often, as RFC 4330 demands (section 10). Meanwhile what it said goes on."""

_SHOWN_EVERY: Final = 1.0  # seconds
_log = logging.getLogger(__name__)


class Machine(NamedTuple):
    """A machine since it started.

    Attributes:
        boot: names the start; another one has another name.
        elapsed: returns the microseconds since it, with those in which the machine slept. Nobody can set them.
    """

    boot: UUID
    elapsed: Callable[[], int]


def this_machine() -> Machine:
    """Return the machine that this process runs on."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return Machine(UUID(boot), lambda: time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000)


class Sources(NamedTuple):
    """The sources of time besides the ledger."""

    clock: Clock
    machine: Machine
    server: TimeServer | None = None


class Said(NamedTuple):
    """What the sources say, in microseconds since 1970; None: nothing."""

    wall: int
    ledger: int
    elapsed: int | None
    server: int | None


class Judged(NamedTuple):
    """What the sources say, and what follows from it.

    Attributes:
        said: by each source.
        against: the source that the wall clock does not agree with; None when all agree.
        anchor: what to keep as the anchor while they agree; None when the one that is kept will do.
        elapsed: the time since the machine's start.
    """

    said: Said
    against: str | None
    anchor: Anchor | None
    elapsed: int

    @property
    def why(self) -> str | None:
        """Which two sources disagree and by how much, for people; None when all agree."""
        if self.against is None:
            return None
        apart: int = self.said.wall - getattr(self.said, self.against)
        length = timedelta(seconds=round(abs(apart) / _SECOND))
        return f"the machine's clock is {length} {'ahead of' if apart > 0 else 'behind'} {_NAMES[self.against]}"


_NAMES: Final = {
    "ledger": "the ledger's last entry",
    "elapsed": "the time that has elapsed since it was agreed on last",
    "server": "the time server",
}


class LegalTime:
    """The time by which the reactions to time act.

    Args:
        rows: what is kept of time.
        sources: what else says what time it is.
    """

    def __init__(self, rows: TimeRows, sources: Sources) -> None:
        self._rows, self._sources = rows, sources
        self._server_began: int | None = None  # what it would have shown when the machine started
        self._ask_from = -_ASK_AGAIN
        self._told: str | None = None
        self._told_away = False
        self._shown: str | None = None
        self._show_again = 0.0

    async def now(self) -> datetime | None:
        """Return the time, which is never before the ledger's; None while the sources disagree: then nothing is due.

        A disagreement is told in the log once, and shown to operators.

        Raises:
            AwayError: what the rows raise.
        """
        judged = await self.judge()
        self._tell(judged)
        if judged.anchor is not None and judged.against is None:
            await self._rows.keep(self._sources.machine.boot, judged.anchor)
        await self._show(judged)
        return None if judged.against else instant_at(max(judged.said.wall, judged.said.ledger))

    async def judge(self) -> Judged:
        """Return what the sources say; keep nothing."""
        clock, machine, _ = self._sources
        await self._ask()
        kept = await self._rows.kept(machine.boot)
        wall, elapsed = micros_at(clock()), machine.elapsed()
        said = Said(
            wall=wall,
            ledger=kept.ledger,
            elapsed=None if kept.anchor is None else kept.anchor.wall + elapsed,
            server=None if self._server_began is None else self._server_began + elapsed,
        )
        is_confirmed = said.server is not None
        return Judged(said, disagreeing(said), followed(kept.anchor, wall, elapsed, at_once=is_confirmed), elapsed)

    async def accept(self) -> Judged:
        """Believe the wall clock from now on, unless the ledger or the time server is against it; return what is said.

        Raises:
            AwayError: what the rows raise.
        """
        judged = await self.judge()
        believed = judged._replace(against=disagreeing(judged.said._replace(elapsed=None)))
        if believed.against is None:
            wall, elapsed = judged.said.wall, judged.elapsed
            await self._rows.keep(self._sources.machine.boot, Anchor(wall - elapsed, elapsed))
        return believed

    async def _ask(self) -> None:
        server, elapsed = self._sources.server, self._sources.machine.elapsed
        if server is None or 0 <= elapsed() - self._ask_from < _ASK_AGAIN:
            return
        said = await server.ask()
        self._ask_from = elapsed()
        self._server_began = None if said is None else said - self._ask_from

    def _tell(self, judged: Judged) -> None:
        if judged.against != self._told:
            if judged.against:
                _log.error("the reactions to time stand still: %s; `pencere clock` says more", judged.why)
            else:
                _log.warning("the reactions to time go on: the sources of time agree again")
            self._told = judged.against
        is_away = self._sources.server is not None and judged.said.server is None
        if is_away != self._told_away:
            says = "does not answer, so that the other sources of time decide" if is_away else "answers again"
            _log.warning("the time server %s %s", self._sources.server, says)
            self._told_away = is_away

    async def _show(self, judged: Judged) -> None:
        """Show operators what is seen; once a second is enough."""
        present = asyncio.get_running_loop().time()
        if present < self._show_again and judged.against == self._shown:
            return
        await self._rows.show(standing_of(judged, has_server=self._sources.server is not None))
        self._show_again, self._shown = present + _SHOWN_EVERY, judged.against


def disagreeing(said: Said) -> str | None:
    """Return the source that the wall clock does not agree with; None when all agree that say something.

    Nothing outweighs the ledger. A time server outweighs the elapsed time, which only knows what was agreed on before.
    """
    if said.wall < said.ledger - TOLERANCE:
        return "ledger"
    if said.server is not None:
        return "server" if abs(said.wall - said.server) > TOLERANCE else None
    if said.elapsed is not None and abs(said.wall - said.elapsed) > TOLERANCE:
        return "elapsed"
    return None


def followed(kept: Anchor | None, wall: int, elapsed: int, *, at_once: bool) -> Anchor | None:
    """Return the anchor that follows the wall clock; None when the one that is kept will do.

    It follows no faster than a clock drifts, however often it is asked to: many small steps are a jump too. A time
    server that agrees is followed at once.
    """
    if kept is None:
        return Anchor(wall - elapsed, elapsed)
    moved = wall - elapsed - kept.wall
    if not at_once:
        most = max(0, elapsed - kept.moved_at) // _SLOWEST_DRIFT
        moved = max(-most, min(moved, most))
    return Anchor(kept.wall + moved, elapsed) if abs(moved) > _WORTH_KEEPING else None


def standing_of(judged: Judged, *, has_server: bool) -> TimeStanding:
    """Return what operators are shown."""
    wall, ledger, elapsed, server = judged.said
    return TimeStanding(
        looked_at=wall,
        stands_still=judged.why,
        ledger=wall - ledger,
        elapsed=None if elapsed is None else wall - elapsed,
        server=None if server is None else wall - server,
        server_is_away=server is None if has_server else None,
    )
