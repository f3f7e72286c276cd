"""No fault loses anything: each is caused in a window in use, and the audit checks everything."""

import asyncio
from collections.abc import Iterator

import pytest

from ledger.embedded.scratch import scratch_database
from tests.faults.rows import FAULTS, Fault
from tests.faults.world import World, check, servers


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """A window that each row of the table breaks in its own way."""
    with servers() as postgres, scratch_database(postgres.data) as scratch, World(postgres, scratch, "rows") as running:
        yield running


async def broken_by(world: World, *faults: Fault) -> None:
    """Cause the faults one after the other in a window in use; people go on after each."""
    async with world.in_use():
        await world.load.more(10)
        for fault in faults:
            await fault(world)
            await world.load.more(10)
            world.faults += 1


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_every_acknowledged_change_is_there_once_and_every_view_is_its_replay_though(
    world: World, fault: Fault
) -> None:
    asyncio.run(broken_by(world, fault))

    assert check(world).acknowledged >= 20
