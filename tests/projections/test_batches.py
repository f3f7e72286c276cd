"""However a ledger is cut into batches, the views are as if its events were folded one at a time."""

import asyncio
from collections import Counter
from random import Random

import pytest

from projections.folds import ALL_VIEWS
from projections.migrate import made_by
from tests.api.running import Where
from tests.projections.desk_life import DrawingDesk
from tests.projections.evidence_town import EvidenceTown
from tests.projections.folding import fold
from tests.projections.lives import Country, append
from tests.projections.rows import Rows, differences, empty, rows_of

SEEDS = [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (2, 3, *range(100, 140)))]
CHOSEN = range(4)
"""Seeds whose lives fill every table; in a short life that is not chosen, the register may have no exception."""


async def one_at_a_time(where: Where, position: int) -> Rows:
    """Fold the same ledger again, into the same tables, event by event."""
    empty(where.projector)
    await fold(where.projector, position, batch=1)
    return rows_of(where.reader)


@pytest.mark.parametrize("seed", SEEDS, ids="seed-{}".format)
def test_folding_in_batches_of_any_size_is_folding_one_event_at_a_time(where: Where, seed: int) -> None:
    """Only some views fold at a time, so that their positions differ, and each time in batches of another size."""
    random, country, town = Random(seed), Country(seed), EvidenceTown(seed)
    desk = DrawingDesk(seed)

    async def scenario() -> tuple[int, Rows, Rows]:
        for _ in range(5):
            await append(where.writer, town.live(random.randrange(20, 60)), random.randrange(1, 30))
            await append(where.writer, desk.live(random.randrange(20, 60)), random.randrange(1, 30))
            position = await append(where.writer, country.live(random.randrange(50, 90)), random.randrange(1, 30))
            some = random.sample(ALL_VIEWS, random.randrange(1, len(ALL_VIEWS)))
            await fold(where.projector, position, some, batch=random.randrange(1, 60))
        await fold(where.projector, position, batch=random.randrange(1, 200))
        return position, rows_of(where.reader), await one_at_a_time(where, position)

    position, in_batches, singly = asyncio.run(scenario())

    if seed in CHOSEN:
        assert [table for table, rows in in_batches.items() if not rows] == [], "every table has rows"
    assert {table: rows for table, rows in in_batches.items() if table.endswith(".tracking")} == {
        f"{view.name}.tracking": Counter([(True, position, None, made_by(view))]) for view in ALL_VIEWS
    }
    assert differences(in_batches, singly) == []
