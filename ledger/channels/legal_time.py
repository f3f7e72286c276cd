"""What the host of the reactions keeps of time: an anchor for each start of a machine, and what it saw last."""

from collections.abc import Sequence
from typing import Final, NamedTuple
from uuid import UUID

from psycopg.rows import TupleRow

from ledger.postgresql.line import Line
from ledger.postgresql.lost import translated
from ledger.refusals import AwayError


class Anchor(NamedTuple):
    """What the wall clock shows when a machine's elapsed time is 0, as was agreed on last; in microseconds.

    Attributes:
        wall: that instant, since 1970.
        moved_at: the elapsed time at which the anchor was kept last.
    """

    wall: int
    moved_at: int


class TimeKept(NamedTuple):
    """The time of the ledger's last entry, microseconds since 1970, and the anchor of a start of a machine."""

    ledger: int
    anchor: Anchor | None


class TimeStanding(NamedTuple):
    """What the host saw when it looked last; differences are the wall clock minus the source, in microseconds.

    Attributes:
        looked_at: when, by its wall clock, since 1970.
        stands_still: why the passing of time leads to nothing; None while the sources agree.
        ledger: the difference from the ledger's last entry, which is usually some time ago.
        elapsed: the difference from the time that has elapsed since the anchor; None before there is one.
        server: the difference from the time server; None when it says nothing.
        server_is_away: None where no server is set.
    """

    looked_at: int
    stands_still: str | None
    ledger: int
    elapsed: int | None
    server: int | None
    server_is_away: bool | None


STANDING: Final = f"SELECT {', '.join(TimeStanding._fields)} FROM reactions.time_standing"  # noqa: S608 - constant columns
"""The query for the standing: one row, or none before a host has looked."""

_KEPT = b"""
SELECT h.recorded_at, a.wall, a.moved_at
  FROM ledger.head h LEFT JOIN reactions.time_anchors a ON a.boot = %s
"""
_ANCHOR = b"""
INSERT INTO reactions.time_anchors (boot, wall, moved_at) VALUES (%s, %s, %s)
ON CONFLICT (boot) DO UPDATE SET (wall, moved_at) = (excluded.wall, excluded.moved_at)
"""
_SHOW = f"""
INSERT INTO reactions.time_standing ({", ".join(TimeStanding._fields)}) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (is_only) DO UPDATE SET ({", ".join(TimeStanding._fields)})
    = ({", ".join(f"excluded.{name}" for name in TimeStanding._fields)})
""".encode()  # noqa: S608 - constant columns


class TimeRows:
    """The rows of the ledger's database that are about time.

    Args:
        line: to the database as the role `pencere_projector`.
        away: the error to raise, by any method, when the database does not answer.
    """

    def __init__(self, line: Line, away: type[AwayError]) -> None:
        self._line, self._away = line, away

    async def kept(self, boot: UUID) -> TimeKept:
        """Return the ledger's time, and the anchor of a start of a machine."""
        [(ledger, wall, moved_at)] = await self._rows(_KEPT, [boot])
        return TimeKept(ledger, None if wall is None else Anchor(wall, moved_at))

    async def keep(self, boot: UUID, anchor: Anchor) -> None:
        """Keep the anchor of a start of a machine."""
        await self._rows(_ANCHOR, [boot, *anchor])

    async def show(self, standing: TimeStanding) -> None:
        """Keep what the host sees now."""
        await self._rows(_SHOW, standing)

    async def _rows(self, query: bytes, parameters: Sequence[object]) -> list[TupleRow]:
        with translated(self._away):
            return await (await self._line.session()).rows(query, parameters)
