"""Knows how far the views are, for callers who wait to see their own write."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple
from zlib import crc32

from ledger.channels.legal_time import STANDING, TimeStanding
from ledger.store.wakeup import Follower
from projections.folds import ALL_VIEWS
from projections.migrate import made_by
from projections.reading import ViewReader
from projections.shared_question import SharedQuestion
from projections.view import View

_LOOK_AGAIN = 0.1  # seconds
_CHANNELS = "SELECT channel, position FROM outbox.channels"


class Standing(NamedTuple):
    """A view, the position up to which it is complete, and why it has stopped there, if it has."""

    view: str
    position: int
    stopped: str | None


class ViewStoppedError(Exception):
    """A view has stopped before the position that is needed. Waiting does not help; an operator must act."""

    def __init__(self, view: str) -> None:
        super().__init__(f"the view {view} has stopped")
        self.view = view


class Positions:
    """The positions of the views. A signal announces each change; a poll finds it when the signal is lost.

    All who ask at the same time share one query. A view that has stopped delays only those who need it: it does not
    count in `lowest` and `wait_beyond`.
    """

    def __init__(self, url: str, reader: ViewReader, *, views: Sequence[View] = ALL_VIEWS, poll: float = 1) -> None:
        self._reader, self._poll = reader, min(poll, 1)
        self._seen: Sequence[Standing] = ()
        names = [view.name for view in views]
        self._query = standings_query(views)
        self._standings = SharedQuestion(self._look)
        self._follower = Follower(url, channel_of(names), self.lowest, interval=poll)

    async def open(self) -> None:
        """Start listening."""
        await self._follower.open()

    async def close(self) -> None:
        """Stop listening."""
        await self._follower.close()

    async def wait_for(self, position: int, timeout: float) -> bool:  # noqa: ASYNC109 - a wait with a limit is the promise
        """Return True once all views that have not stopped reach the position, False after the timeout."""
        return await self._follower.wait_beyond(position - 1, timeout) >= position

    async def wait_for_views(self, needed: Collection[str], position: int, timeout: float) -> bool:  # noqa: ASYNC109 - same
        """Return True once these views reach the position, False if they do not within `timeout` seconds.

        Raises:
            ViewStoppedError: one of them has stopped before the position; this is raised at once.
        """

        def late_in(standings: Sequence[Standing]) -> list[Standing]:
            return [one for one in standings if one.view in needed and one.position < position]

        loop = asyncio.get_running_loop()
        give_up_at, told = loop.time() + timeout, -1
        # No view ever goes back, so a query that began before this call is good enough if all are there.
        while late := late_in(await self._standings.answer(lambda standings: not late_in(standings))):
            for one in late:
                if one.stopped is not None:
                    raise ViewStoppedError(one.view)
            left = give_up_at - loop.time()
            if left <= 0:
                return False
            if told < position:
                told = await self._follower.wait_beyond(position - 1, min(left, self._poll))
            else:  # the signal says that all are there; if one is late all the same, the next query comes soon
                await self._follower.wait_beyond(told, min(left, _LOOK_AGAIN))
        return True

    async def wait_beyond(self, position: int, timeout: float) -> int:  # noqa: ASYNC109 - same
        """Return the lowest position as soon as it is beyond the given one, or what it is after `timeout` seconds."""
        return await self._follower.wait_beyond(position, timeout)

    async def lowest(self) -> int:
        """Return the position that all views have reached."""
        return lowest_of(await self.standings())

    async def positions(self) -> dict[str, int]:
        """Return the position of each view."""
        return {standing.view: standing.position for standing in await self.standings()}

    async def stopped(self) -> dict[str, str]:
        """Return the views that have stopped, and why; an operator must act."""
        return {each.view: each.stopped for each in await self.standings() if each.stopped is not None}

    async def channels(self) -> dict[str, int]:
        """Return the position up to which each outgoing channel is acknowledged; see ledger/channels/outbox.py."""
        return dict(await self._reader.fetch(_CHANNELS))

    async def time(self) -> TimeStanding | None:
        """Return what the host of the reactions saw of time when it looked last; None when none ever did."""
        rows = await self._reader.fetch(STANDING)
        return TimeStanding(*rows[0]) if rows else None

    async def standings(self) -> Sequence[Standing]:
        """Return where each view stands."""
        return await self._standings.answer()

    def seen_stopped(self, views: Collection[str]) -> list[Standing]:
        """Return which of these views had stopped at the last query, which is at most one poll ago."""
        return [one for one in self._seen if one.view in views and one.stopped is not None]

    async def _look(self) -> Sequence[Standing]:
        self._seen = [Standing(*row) for row in await self._reader.fetch(self._query)]
        return self._seen


def channel_of(views: Iterable[str]) -> str:
    """Return the channel on which the lowest position of exactly these views is announced.

    While a new version with one more view takes over, callers who wait for that view too must not be signalled when
    only the others are there. They poll.
    """
    return f"pencere_views_{crc32(' '.join(sorted(views)).encode()):08x}"


def standings_query(views: Iterable[View]) -> str:
    """Return the query for where these views stand; a view made by another version counts as stopped until rebuilt."""
    parts = [
        f"SELECT '{view.name}' AS view, position, CASE WHEN made_by = '{made_by(view)}' THEN stopped"  # noqa: S608 - our own names
        f" ELSE 'made by another version' END AS stopped FROM \"{view.name}\".tracking"
        for view in views
    ]
    return " UNION ALL ".join(parts)


def lowest_of(standings: Iterable[Standing]) -> int:
    """Return the position that all views have reached, without those that have stopped."""
    return min((each.position for each in standings if each.stopped is None), default=0)
