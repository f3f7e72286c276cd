"""Every view folds a case that asks for evidence, and a desk is offered none whose evidence is owed."""

import asyncio
from collections.abc import Iterator
from random import Random

import orjson
import pytest
from tests.projections.evidence_lives import EvidenceCountry

from domain.case.evidence_events import EVIDENCE_EVENTS
from domain.case.stage import Stage
from ledger.embedded.postgres import EmbeddedPostgres
from projections.folds import ALL_VIEWS
from projections.rebuild import rebuild
from projections.views import Views
from tests.api.running import Where, fresh_databases
from tests.projections.folding import fold
from tests.projections.lived import KnownCase, Lived, all_entries
from tests.projections.lives import append
from tests.projections.rows import Rows, differences, empty, rows_of
from tests.projections.service_life import DESKS
from tests.projections.test_cases import expected_entry
from tests.projections.test_desks import assignable, waiting

SEED, MOVES = 31, 900


@pytest.fixture(scope="module")
def asking(postgres: EmbeddedPostgres) -> Iterator[Lived]:
    """A folded country whose cases ask for evidence; nobody writes to it."""
    with fresh_databases(postgres, "asking") as places:
        position = asyncio.run(append(places.writer, EvidenceCountry(SEED).live(MOVES)))
        asyncio.run(fold(places.projector, position, batch=37))
        yield Lived(places, asyncio.run(all_entries(places.writer)))


def owing(lived: Lived) -> list[KnownCase]:
    return [case for case in lived.cases if case.is_open and not case.state.evidence.is_settled]


def test_folding_and_rebuilding_and_folding_one_event_at_a_time_give_the_same_views(where: Where, owner: str) -> None:
    random, country = Random(SEED), EvidenceCountry(SEED)

    async def scenario() -> int:
        for _ in range(3):
            position = await append(where.writer, country.live(150), random.randrange(1, 30))
            some = random.sample(ALL_VIEWS, random.randrange(1, len(ALL_VIEWS)))
            await fold(where.projector, position, some, batch=random.randrange(1, 60))
        await fold(where.projector, position, batch=random.randrange(1, 200))
        return position

    async def again(position: int) -> Rows:
        empty(where.projector)
        await fold(where.projector, position, batch=1)
        return rows_of(where.reader)

    position = asyncio.run(scenario())
    in_batches = rows_of(where.reader)
    rebuild(owner, ALL_VIEWS, lambda _done, _total: None)
    rebuilt = rows_of(where.reader)
    singly = asyncio.run(again(position))

    assert differences(in_batches, rebuilt) == []
    assert differences(in_batches, singly) == []


def test_these_cases_wait_in_both_stages_and_have_nearly_every_event_of_evidence(asking: Lived) -> None:
    topics = {told.event.topic for told in asking.told}

    assert {case.state.stage for case in owing(asking)} == {Stage.AWAITING_EVIDENCE, Stage.AWAITING_APPLICANT}
    assert {kind.topic for kind in EVIDENCE_EVENTS} - topics <= {"case.evidence_awaited"}


def test_the_status_of_a_case_is_what_the_domain_says(asking: Lived) -> None:
    async def scenario(views: Views) -> None:
        for case in asking.cases:
            status = await views.case_status.status(case.case_id)
            assert status is not None
            assert (status.stage, status.official, status.version) == (
                case.state.stage.value,
                case.state.official,
                len(case.told),
            )

    asking.reads(scenario)


def test_nobody_is_offered_a_case_whose_evidence_is_owed_and_everybody_sees_that_it_waits(asking: Lived) -> None:
    async def scenario(views: Views) -> None:
        offered = set()
        for agency, desks in DESKS.items():
            assert await views.worklist.page(agency, desks, limit=1000) == waiting(asking, agency, desks)
            unassigned = await views.worklist.page(agency, desks, limit=1000, unassigned=True)
            assert unassigned == assignable(asking, agency, desks)
            for desk in desks:
                place = 0
                while oldest := await views.worklist.oldest_unassigned(agency, desk, place):
                    place = oldest[0]
                    offered.add(oldest[1])
            assert {item.case_id for item in unassigned} <= offered
        assert offered.isdisjoint(case.case_id for case in owing(asking))
        assert len(offered) > 3
        assert len(owing(asking)) >= 3

    asking.reads(scenario)


def test_the_timeline_of_a_case_has_each_of_its_events_and_nothing_that_is_sealed(asking: Lived) -> None:
    async def scenario(views: Views) -> None:
        for case in asking.cases[:20]:
            timeline = await views.case_history.history(case.case_id)
            ours = [row.entry for row in timeline if row.stream == case.case_id]
            for entry, told in zip(ours, case.told, strict=True):
                assert orjson.loads(entry) == expected_entry(told)
                assert b"whispered" not in entry

    asking.reads(scenario)
