"""The log is kept by one process at a time, grows with the ledger, and never takes back what it has signed."""

import asyncio
from itertools import pairwise, product
from random import Random

import psycopg
import pytest

from ledger.public_log.edge import RightEdge
from ledger.public_log.growing import grow_in_memory, rebuild
from ledger.public_log.keeping import check_before_serving
from ledger.public_log.session import LogSession
from ledger.public_log.stops import DamagedTilesError, ForkError, MissingEventError, NotTheSignerError
from ledger.public_log.tile_store import TileStore
from ledger.store.entries import NewEvent
from ledger.store.ledger import Ledger
from tests.ledger.samples import new_stream
from tests.ledger.tree.kept import (
    ORIGIN,
    Place,
    append,
    check_log,
    elected,
    keep,
    keeper,
    signer_at,
    step,
    tiles_in,
)


def test_a_log_begins_with_a_checkpoint_of_the_empty_tree(place: Place) -> None:
    assert keep(place) == 0
    assert check_log(place) == [0]


def test_it_grows_with_the_ledger_and_each_checkpoint_is_of_that_tree(place: Place) -> None:
    sizes = [0]
    keep(place)
    for count in (1, 2, 252, 1, 1, 700):
        sizes.append(append(place, count))
        assert keep(place) == sizes[-1]

    assert check_log(place) == sizes


def test_the_database_computes_the_entry_of_any_event(place: Place) -> None:
    parts = (b"", b"{}", bytes(range(256)), b"x" * 100_000)
    topics = ("a", "case.step_recorded", "qeyd.\N{LATIN SMALL LETTER SCHWA}" * 20)
    drawn = Random(7)

    async def appended() -> None:
        async with Ledger(place.writer) as ledger:
            for topic, opened, sealed in product(topics, parts, parts):
                await ledger.append([NewEvent(new_stream(), 1, topic, opened, sealed, drawn.randbytes(32))])

    asyncio.run(appended())

    assert keep(place) == len(topics) * len(parts) ** 2
    assert check_log(place) == [0, keep(place)]


def test_nothing_is_signed_twice(place: Place) -> None:
    append(place, 3)
    with keeper(place) as log:
        step(log)
        step(log)

    assert keep(place) == 3
    assert check_log(place) == [0, 3]


def test_it_is_signed_in_between_when_there_is_much(place: Place) -> None:
    append(place, 9000)
    with keeper(place) as log:
        batches = iter([False, True])
        log.grow(lambda: next(batches))
        log.sign()
        log.publish({})
        assert log.size < 9000
        step(log)

    assert check_log(place)[-1] == 9000


def test_one_at_a_time_keeps_it(place: Place) -> None:
    with elected(place), LogSession(place.projector) as other:
        assert not other.elect()
    with elected(place):
        pass


def test_a_process_without_the_key_makes_none_when_the_log_has_one(place: Place) -> None:
    keep(place)
    elsewhere = place._replace(folder=place.folder.parent / "elsewhere")

    with pytest.raises(NotTheSignerError), keeper(elsewhere):
        pass
    assert not elsewhere.folder.exists()
    check_before_serving(place.projector, elsewhere.folder, ORIGIN)


def test_a_deleted_event_stops_the_log(place: Place) -> None:
    append(place, 20)
    with psycopg.connect(place.owner) as owner:
        owner.execute("DELETE FROM ledger.events WHERE position = 12")

    with pytest.raises(MissingEventError, match="position 12 "):
        keep(place)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE log.tiles SET content = set_byte(content, 7, get_byte(content, 7) # 1) WHERE level = 0 AND number = 2",
        "UPDATE log.tiles SET content = substring(content FOR 64) WHERE level = 0 AND number = 2",
        "DELETE FROM log.tiles WHERE level = 0 AND number = 2",
        "DELETE FROM log.tiles WHERE level = 1",
        "DELETE FROM log.tiles WHERE level = -1 AND number = 2",
        "UPDATE log.tiles SET content = set_byte(content, 7, get_byte(content, 7) # 1) WHERE level = 1",
    ],
)
def test_damaged_tiles_stop_the_log_and_a_rebuild_mends_them(place: Place, damage: str) -> None:
    append(place, 700)
    keep(place)
    before = tiles_in(place)
    with psycopg.connect(place.owner) as owner:
        owner.execute(damage.encode())
    append(place, 1)

    with pytest.raises((DamagedTilesError, ForkError)):
        keep(place)
    with elected(place) as session:
        assert rebuild(TileStore(session), signer_at(place).last()[0]) >= 1
    assert tiles_in(place) == before
    assert keep(place) == 701
    assert check_log(place) == [0, 700, 701]


def test_rebuilt_from_nothing_the_tiles_are_byte_for_byte_the_same(place: Place) -> None:
    append(place, 1500)
    keep(place)
    before = tiles_in(place)
    with psycopg.connect(place.owner) as owner:
        owner.execute("DELETE FROM log.tiles")
    with elected(place) as session:
        assert rebuild(TileStore(session), signer_at(place).last()[0]) == len(before)
        assert tiles_in(place) == before
        assert rebuild(TileStore(session), signer_at(place).last()[0]) == 0


def test_what_is_not_signed_yet_is_not_in_rebuilt_tiles(place: Place) -> None:
    append(place, 300)
    keep(place)
    before = tiles_in(place)
    append(place, 300)
    with keeper(place) as log:
        log.grow()
    with elected(place) as session:
        rebuild(TileStore(session), signer_at(place).last()[0])

    assert tiles_in(place) == before


def test_a_rebuild_does_not_destroy_what_proves_that_an_event_was_changed(place: Place) -> None:
    append(place, 300)
    keep(place)
    before = tiles_in(place)
    with psycopg.connect(place.owner) as owner:
        owner.execute("UPDATE ledger.events SET open = '{\"forged\":1}' WHERE position = 150")

    with elected(place) as session, pytest.raises(ForkError):
        rebuild(TileStore(session), signer_at(place).last()[0])
    assert tiles_in(place) == before


def test_large_events_are_signed_in_steps_of_some_bytes_each(place: Place) -> None:
    drawn = Random(8)
    sizes = [drawn.choice([10, 900, 100_000]) for _ in range(120)]

    async def appended() -> None:
        async with Ledger(place.writer) as ledger:
            for size in sizes:
                await ledger.append([NewEvent(new_stream(), 1, "a", b"{}", bytes(size), drawn.randbytes(32))])

    asyncio.run(appended())
    keep(place)
    steps = [0]
    with LogSession(place.projector) as session:
        edge = RightEdge()
        grow_in_memory(TileStore(session, most_bytes=300_000), edge, 120, told=steps.append)

    assert edge.root() == signer_at(place).last()[0].root
    assert check_log(place) == [0, 120]
    assert steps[-1] == 120
    assert all(sum(sizes[begin:end]) + 2 * (end - begin) <= 300_000 for begin, end in pairwise(steps))
