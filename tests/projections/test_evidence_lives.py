"""Where evidence goes on lawfully, the views are what the events say: replayed, and by plain counts."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from domain.case.evidence_events import EVIDENCE_EVENTS
from ledger.embedded.postgres import EmbeddedPostgres
from projections.figures.audit import audit_figures
from projections.folds import ALL_VIEWS
from projections.once_only.queries import Wanted
from projections.rebuild import rebuild
from projections.views import Views
from tests.api.running import Where, fresh_databases
from tests.projections.evidence_lives import EvidenceCountry
from tests.projections.folding import fold
from tests.projections.lived import Lived, all_entries
from tests.projections.lives import append
from tests.projections.once_only_oracle import expected, known
from tests.projections.rows import differences, empty, rows_of
from tests.projections.test_once_only import PERS, all_pages, not_zero

UNTRIED = {"aboutApplicants.askedNotGranted", "askedThoughHeld.questions", "askedThoughHeld.cases"}
"""What does not happen here: the agencies keep their grants, and ask resources whatever these hold."""


@pytest.fixture(scope="module", params=[1, pytest.param(4, marks=pytest.mark.slow)], ids="seed-{}".format)
def asking(request: pytest.FixtureRequest, postgres: EmbeddedPostgres) -> Iterator[Lived]:
    """A country whose evidence goes on, with up-to-date views."""
    with fresh_databases(postgres, f"evidence_lives_{request.param}") as places:
        position = asyncio.run(append(places.writer, EvidenceCountry(request.param).live(1800), 37))
        asyncio.run(fold(places.projector, position, batch=113))
        yield Lived(places, asyncio.run(all_entries(places.writer)))


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)], ids="seed-{}".format)
def test_folding_in_batches_of_any_size_is_folding_one_event_at_a_time(where: Where, seed: int) -> None:
    random, country = Random(seed), EvidenceCountry(seed)

    async def scenario() -> None:
        for _ in range(3):
            position = await append(where.writer, country.live(random.randrange(100, 200)), random.randrange(1, 30))
            some = random.sample(ALL_VIEWS, random.randrange(1, len(ALL_VIEWS)))
            await fold(where.projector, position, some, batch=random.randrange(1, 60))
        await fold(where.projector, position, batch=random.randrange(1, 200))
        in_batches = rows_of(where.reader)
        empty(where.projector)
        await fold(where.projector, position, batch=1)
        assert differences(in_batches, rows_of(where.reader)) == []
        assert in_batches["evidence_requests.cases"], "evidence is waited for"

    asyncio.run(scenario())


def test_a_rebuild_makes_the_live_rows_again(where: Where, owner: str) -> None:
    async def scenario() -> int:
        position = await append(where.writer, EvidenceCountry(6).live(600), 30)
        await fold(where.projector, position, batch=61)
        return position

    position = asyncio.run(scenario())
    live = rows_of(where.reader)

    assert rebuild(owner, ALL_VIEWS, lambda _done, _total: None) == position
    assert rows_of(where.reader) == live


def test_what_once_only_comes_to_as_of_any_position_is_a_plain_count_over_the_events(asking: Lived) -> None:
    last = asking.told[-1].decoded.position
    seen: Counter[str] = Counter()

    async def scenario(views: Views) -> None:
        for position in (None, *range(0, last, 499), last):
            everything = known(asking.told, last if position is None else position)
            for per in PERS:
                found: list[dict[str, Any]] = await all_pages(views, Wanted(per), position, 2)
                for one, other in itertools.zip_longest(found, expected(everything, per, {})):
                    assert one == other, (position, per)
                seen.update(not_zero(found))

    asking.reads(scenario)
    assert {name for name, many in seen.items() if many == 0} <= UNTRIED


def test_the_figures_as_of_any_position_are_those_of_the_recount(asking: Lived) -> None:
    topics = {told.entry.topic for told in asking.told}
    last = asking.told[-1].decoded.position
    for position in (None, last // 3, last // 2):
        assert audit_figures(asking.where.reader, lambda _done, _total: None, position).differences == []

    assert {kind.topic for kind in EVIDENCE_EVENTS} - topics <= {"case.evidence_awaited"}, "a rare one"
