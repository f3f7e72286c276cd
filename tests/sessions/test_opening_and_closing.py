"""Whoever opens or closes several sessions leaves none open, also where it is cancelled in the middle."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import pytest

from ledger.postgresql.session import AsyncSession
from ledger.postgresql.task_ending import end
from ledger.store.ledger import Ledger
from projections.runner import Projector
from projections.views import Views
from tests.sessions.users import Places


class Opened(NamedTuple):
    """What opens several sessions, and the part of it that it opens last and does not close last."""

    whole: Any
    last: Any


def _of(whole: Any, last: str) -> Opened:
    return Opened(whole, getattr(whole, last))


PARTS: dict[str, Callable[[Places], Opened]] = {
    "views": lambda places: _of(Views(places.reader), "positions"),
    "projector": lambda places: _of(Projector(places.projector), "_views_moved"),
    "ledger": lambda places: _of(Ledger(places.writer), "_follower"),
}


class StandsStill:
    """Stands in for a step that takes until it is cancelled."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()

    async def __call__(self) -> None:
        """Begin, and never end."""
        self.begun.set()
        await asyncio.Event().wait()


@asynccontextmanager
async def sessions_counted(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[AsyncSession]]:
    """Yield all sessions that are opened during the block."""
    made: list[AsyncSession] = []
    connect = AsyncSession.connect

    async def counted(*given: Any, **named: Any) -> AsyncSession:
        session = await connect(*given, **named)
        made.append(session)
        return session

    with monkeypatch.context() as patched:
        patched.setattr(AsyncSession, "connect", counted)
        yield made


async def all_are_closed(made: list[AsyncSession]) -> bool:
    """Return whether all sessions are closed, once whatever closes them has had its turn."""
    async with asyncio.timeout(10):
        while True:
            if all(session.closed for session in made):
                return bool(made)
            await asyncio.sleep(0.01)  # between two looks


async def cancelled_at(stands_still: StandsStill, work: Coroutine[Any, Any, object]) -> None:
    """Begin the work, and cancel it where it stands still."""
    task = asyncio.create_task(work)
    await stands_still.begun.wait()
    await end(task)


@pytest.mark.parametrize("part", PARTS)
def test_an_opening_that_is_cancelled_in_the_middle_leaves_no_session_open(
    part: str, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with sessions_counted(monkeypatch) as made:
            opened, stands_still = PARTS[part](places), StandsStill()
            monkeypatch.setattr(opened.last, "open", stands_still)
            await cancelled_at(stands_still, opened.whole.__aenter__())

            assert await all_are_closed(made)

    asyncio.run(scenario())


@pytest.mark.parametrize("part", PARTS)
def test_a_closing_that_is_cancelled_in_the_middle_closes_the_rest(
    part: str, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with sessions_counted(monkeypatch) as made:
            opened, stands_still = PARTS[part](places), StandsStill()
            await opened.whole.__aenter__()
            close = opened.last.close

            async def closes_and_stands_still() -> None:
                await close()
                await stands_still()

            monkeypatch.setattr(opened.last, "close", closes_and_stands_still)
            await cancelled_at(stands_still, opened.whole.__aexit__(None, None, None))

            assert await all_are_closed(made)

    asyncio.run(scenario())
