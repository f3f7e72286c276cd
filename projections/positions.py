"""How far the views are, for those who wait for their own write."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple
from zlib import crc32

from ledger.store.wakeup import Follower
from projections.folds import ALL_VIEWS
from projections.migrate import made_by
from projections.reading import ViewReader
from projections.shared_question import SharedQuestion
from projections.view import View

_LOOK_AGAIN = 0.1  # seconds
_CHANNELS = "SELECT channel, position FROM outbox.channels"


class Standing(NamedTuple):
    """A view, the position up to which everything is in it, and why it has stopped there, if it has."""

    view: str
    position: int
    stopped: str | None


class ViewStoppedError(Exception):
    """A view has stopped before the position that is asked for: no wait helps, and an operator must look at it."""

    def __init__(self, view: str) -> None:
        super().__init__(f"the view {view} has stopped")
        self.view = view


class Positions:
    """The positions of the views; knows of a change by signal, and by poll when a signal is lost.

    Many who ask at the same time share one look at the database. A view that has stopped holds nobody up who does not
    need it: it does not count in `lowest` and `wait_beyond`.
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
        """Return True once all views that go on have reached the position, False when they have not in time."""
        return await self._follower.wait_beyond(position - 1, timeout) >= position

    async def wait_for_views(self, needed: Collection[str], position: int, timeout: float) -> bool:  # noqa: ASYNC109 - same
        """Return True once these views have reached the position, False when they have not in `timeout` seconds.

        Raises:
            ViewStoppedError: one of them has stopped before it; this is told at once.
        """

        def late_in(standings: Sequence[Standing]) -> list[Standing]:
            return [one for one in standings if one.view in needed and one.position < position]

        loop = asyncio.get_running_loop()
        give_up_at, told = loop.time() + timeout, -1
        # No view ever goes back: a look that was begun before we asked will do if all are there.
        while late := late_in(await self._standings.answer(lambda standings: not late_in(standings))):
            for one in late:
                if one.stopped is not None:
                    raise ViewStoppedError(one.view)
            left = give_up_at - loop.time()
            if left <= 0:
                return False
            if told < position:
                told = await self._follower.wait_beyond(position - 1, min(left, self._poll))
            else:  # all that go on are there, as was told; who is late all the same is looked at again soon
                await self._follower.wait_beyond(told, min(left, _LOOK_AGAIN))
        return True

    async def wait_beyond(self, position: int, timeout: float) -> int:  # noqa: ASYNC109 - same
        """Return the lowest position as soon as it is beyond the given one, or as known after `timeout` seconds."""
        return await self._follower.wait_beyond(position, timeout)

    async def lowest(self) -> int:
        """Return the position that all views have reached."""
        return lowest_of(await self.standings())

    async def positions(self) -> dict[str, int]:
        """Return the position of each view."""
        return {standing.view: standing.position for standing in await self.standings()}

    async def stopped(self) -> dict[str, str]:
        """Return the views that have stopped, and why; an operator must look at them."""
        return {each.view: each.stopped for each in await self.standings() if each.stopped is not None}

    async def channels(self) -> dict[str, int]:
        """Return up to which position each channel out of the house is acknowledged; see ledger/channels/outbox.py."""
        return dict(await self._reader.fetch(_CHANNELS))

    async def standings(self) -> Sequence[Standing]:
        """Return where each view stands."""
        return await self._standings.answer()

    def seen_stopped(self, views: Collection[str]) -> list[Standing]:
        """Return which of these views had stopped when they were last looked at: a poll ago at most."""
        return [one for one in self._seen if one.view in views and one.stopped is not None]

    async def _look(self) -> Sequence[Standing]:
        self._seen = [Standing(*row) for row in await self._reader.fetch(self._query)]
        return self._seen


def channel_of(views: Iterable[str]) -> str:
    """Return the channel on which the lowest position of just these views is told.

    While a new version with one more view takes over, those who wait for that one too must not hear that the others
    are there: they poll.
    """
    return f"pencere_views_{crc32(' '.join(sorted(views)).encode()):08x}"


def standings_query(views: Iterable[View]) -> str:
    """Return the query for where these views stand; one that another version has made stands still until rebuilt."""
    parts = [
        f"SELECT '{view.name}' AS view, position, CASE WHEN made_by = '{made_by(view)}' THEN stopped"  # noqa: S608 - our own names
        f" ELSE 'made by another version' END AS stopped FROM \"{view.name}\".tracking"
        for view in views
    ]
    return " UNION ALL ".join(parts)


def lowest_of(standings: Iterable[Standing]) -> int:
    """Return the position that all views which go on have reached."""
    return min((each.position for each in standings if each.stopped is None), default=0)
