"""Rows and position commit together: whenever a projector loses its session, nothing is folded twice or left out."""

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random

import psycopg
import pytest
from psycopg import sql

from projections.case_history.fold import VIEW as CASE_HISTORY
from projections.folds import ALL_VIEWS
from projections.runner import Projector
from projections.service_performance.fold import VIEW as SERVICE_PERFORMANCE
from projections.view import View
from tests.api.running import Where
from tests.ledger.fault_proxy import FaultProxy
from tests.projections.folding import fold, folding
from tests.projections.lives import FOREIGN, Country, append
from tests.projections.rows import Rows, differences, empty, rows_of
from tests.projections.strikes import end_sessions, sessions, struck, with_one

PROJECTOR = "pencere projector"


def as_if_nothing_had_happened(where: Where, position: int) -> Rows:
    """Fold the ledger again, without any fault."""
    empty(where.projector)
    asyncio.run(fold(where.projector, position))
    return rows_of(where.reader)


@pytest.mark.parametrize("seed", range(2), ids="seed-{}".format)
def test_a_session_that_ends_in_the_middle_of_folding_leaves_rows_and_position_or_neither(
    where: Where, seed: int
) -> None:
    """By then the rows of some views are written, and those of others are not."""
    random = Random(seed)
    events = Country(seed).live(200)
    ours = [position for position, event in enumerate(events, start=1) if event.topic not in FOREIGN]
    struck_at: list[int] = []

    def strike() -> None:
        struck_at.append(end_sessions(where.projector, PROJECTOR))

    views: Sequence[View] = ALL_VIEWS
    for view in random.sample(ALL_VIEWS, 4):
        views = with_one(views, struck(view, random.sample(ours, 2), strike))

    async def scenario() -> int:
        position = await append(where.writer, events)
        await fold(where.projector, position, views, batch=random.randrange(5, 40))
        return position

    position = asyncio.run(scenario())

    assert sum(struck_at) > 4, "two strikes in one batch are one"
    assert differences(rows_of(where.reader), as_if_nothing_had_happened(where, position)) == []


class DeafToCommits(FaultProxy):
    """Breaks the connection after every commit, before the answer, so the projector cannot know that it is done."""

    lost = 0

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passed_on = asyncio.StreamReader()

        async def listen() -> None:
            while piece := await reader.read(1 << 16):
                if b"COMMIT" in piece:
                    self.lost += 1
                    self.lose_next_answer()
                passed_on.feed_data(piece)
            passed_on.feed_eof()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(listen())
            tasks.create_task(super()._serve(passed_on, writer))


def test_a_commit_whose_answer_is_lost_is_not_folded_again(where: Where) -> None:
    async def scenario(folder: Path) -> tuple[int, int]:
        position = await append(where.writer, Country(4).live(250)[:250])
        proxy = DeafToCommits(where.projector, folder)
        async with proxy.running():
            await fold(proxy.url, position, batch=40)
        return position, proxy.lost

    with tempfile.TemporaryDirectory(prefix="pcp-", dir="/tmp") as folder:
        position, lost = asyncio.run(scenario(Path(folder)))

    assert lost == 7
    assert differences(rows_of(where.reader), as_if_nothing_had_happened(where, position)) == []


def test_a_view_that_somebody_else_has_moved_is_taken_up_from_where_it_is_then(where: Where) -> None:
    """This happens when a rebuild swaps its tables while a batch is under way."""

    def move() -> None:
        empty(where.projector, [SERVICE_PERFORMANCE])

    views = with_one(ALL_VIEWS, struck(CASE_HISTORY, [150], move))

    async def scenario() -> int:
        position = await append(where.writer, Country(5).live(300))
        await fold(where.projector, position, views, batch=100)
        return position

    position = asyncio.run(scenario())

    assert differences(rows_of(where.reader), as_if_nothing_had_happened(where, position)) == []


def test_a_server_that_lets_nobody_write_is_waited_for(where: Where) -> None:
    """A standby server is like this until it has taken over."""
    country = Country(6)

    async def scenario() -> int:
        async with folding(where.projector) as projector:
            await projector.catch_up(await append(where.writer, country.live(20)))
            let_write(where, allowed=False)
            end_sessions(where.projector, PROJECTOR)
            position = await append(where.writer, country.live(100))
            refused: set[int] = set()
            while len(refused) < 3:  # the projector opens another session after each refusal
                refused.update(await asyncio.to_thread(sessions, where.projector, PROJECTOR))
            let_write(where, allowed=True)
            await projector.catch_up(position)
            return position

    position = asyncio.run(scenario())

    assert differences(rows_of(where.reader), as_if_nothing_had_happened(where, position)) == []


def test_a_batch_that_takes_the_server_longer_than_it_may_is_folded_in_parts(where: Where, owner: str) -> None:
    """Otherwise the same batch would be started and lost again and again."""
    with psycopg.connect(owner, autocommit=True) as slow:
        slow.execute(
            "CREATE FUNCTION public.slowly() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN PERFORM pg_sleep(0.01); RETURN NEW; END'"
        )
        statement = 'CREATE TRIGGER slowly BEFORE INSERT ON "{}".{} FOR EACH ROW EXECUTE FUNCTION public.slowly()'
        slow.execute(statement.format(CASE_HISTORY.name, CASE_HISTORY.tables[0].name).encode())

    async def scenario() -> int:
        position = await append(where.writer, Country(7).live(100))
        async with Projector(where.projector, answer_within=0.5) as projector, projector.running():
            async with asyncio.timeout(60):
                await projector.catch_up(position)
        return position

    position = asyncio.run(scenario())

    assert differences(rows_of(where.reader), as_if_nothing_had_happened(where, position)) == []


def let_write(where: Where, *, allowed: bool) -> None:
    """Set whether the projector's new sessions may write."""
    with psycopg.connect(where.projector, options="-c default_transaction_read_only=off") as projector:
        statement = "ALTER ROLE pencere_projector IN DATABASE {} SET default_transaction_read_only = {}"
        database, read_only = sql.Identifier(projector.info.dbname), sql.Literal(not allowed)
        projector.execute(sql.SQL(statement).format(database, read_only))
