"""A page takes as many statements with much data as with little."""

import asyncio
from collections.abc import Iterator, Sequence

import pytest

from ledger.embedded.postgres import EmbeddedPostgres
from projections.views import Views
from tests.api.running import fresh_databases
from tests.projections.asking import QUESTIONS, Ask, overheard
from tests.projections.folding import fold
from tests.projections.lived import KnownCase, Lived, all_entries
from tests.projections.lives import Country, append


@pytest.fixture(scope="module")
def small(postgres: EmbeddedPostgres) -> Iterator[Lived]:
    """A country with a quarter of the other's size."""
    with fresh_databases(postgres, "small") as where:
        asyncio.run(fold(where.projector, asyncio.run(append(where.writer, Country(101, registering=0.9).live(400)))))
        yield Lived(where, asyncio.run(all_entries(where.writer)))


async def taken(lived: Lived, *asks: Ask) -> list[int]:
    return [len(statements) for statements in await overheard(lived.where.reader, lived.cases, asks)]


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_takes_no_more_statements_when_there_is_more(small: Lived, lived: Lived, question: str) -> None:
    few, many = asyncio.run(taken(small, QUESTIONS[question])), asyncio.run(taken(lived, QUESTIONS[question]))

    assert few == many
    assert many in ([1], [2])


@pytest.mark.parametrize("count", [1, 20, 100])
def test_many_cases_that_are_asked_for_at_once_take_two_statements_at_most(lived: Lived, count: int) -> None:
    """The first question is sent at once; those that come meanwhile are sent together."""

    async def histories(views: Views, cases: Sequence[KnownCase]) -> None:
        await asyncio.gather(*[views.case_history.history(case.case_id) for case in cases[:count]])

    async def statuses(views: Views, cases: Sequence[KnownCase]) -> None:
        await asyncio.gather(*[views.case_status.status(case.case_id) for case in cases[:count]])

    async def in_one(views: Views, cases: Sequence[KnownCase]) -> None:
        await views.case_status.statuses([case.case_id for case in cases[:count]])

    assert max(asyncio.run(taken(lived, histories, statuses))) <= 2
    assert asyncio.run(taken(lived, in_one)) == [1]
