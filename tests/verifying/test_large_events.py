"""An audit reads an event of many bytes alone, so that it needs no more memory than for small ones."""

import asyncio
from random import Random

import psycopg
import pytest
from psycopg.rows import TupleRow

from ledger.audit.explaining import explained
from ledger.audit.hashed import hashed
from ledger.audit.session import ReadingSession
from ledger.audit.stream_order import in_stream_order, ranges
from ledger.store.entries import NewEvent, StoredEntry
from ledger.store.entry_hash import entry_of, leaf_hash
from ledger.store.ledger import Ledger
from projections.pipeline import connect, entries_between
from tests.ledger.samples import new_stream
from tests.ledger.tree.conftest import place
from tests.ledger.tree.kept import EVENTS, Place

__all__ = ["place"]

LARGE = 200_000
MOST = 16_000 * 20 + LARGE


class Weighing(ReadingSession):
    """A session that keeps the bytes of the largest answer, and counts the statements."""

    heaviest = asked = 0

    def rows(self, query: str, parameters: object = ()) -> list[TupleRow]:
        found = super().rows(query, parameters)  # type: ignore[arg-type] # the same
        weight = sum(len(field) for row in found for field in row if isinstance(field, bytes))
        self.heaviest, self.asked = max(self.heaviest, weight), self.asked + 1
        return found


@pytest.fixture
def stored(place: Place) -> list[StoredEntry]:
    """A ledger in which small events and large ones take turns."""
    drawn = Random(8)
    sizes = [(0, 10), (900, 0), (LARGE // 2, LARGE // 2), (0, LARGE), (16_000, 4)]

    async def appended() -> None:
        async with Ledger(place.writer) as ledger:
            for number in range(100):
                opened, sealed = (drawn.randbytes(size) for size in sizes[number % len(sizes)])
                await ledger.append([NewEvent(new_stream(), 1, "x", opened, sealed, drawn.randbytes(32))])

    asyncio.run(appended())
    with psycopg.connect(place.owner) as owner:
        return [StoredEntry(*row) for row in owner.execute(EVENTS).fetchall()]


def test_the_entries_of_large_events_are_computed_one_by_one(place: Place, stored: list[StoredEntry]) -> None:
    with Weighing(place.reader) as session:
        found = hashed(session, 0, 100)

    assert found.entries == b"".join(map(entry_of, stored))
    assert (found.missing, found.findings) == ((), ())
    assert session.heaviest <= MOST


def test_large_events_are_read_one_by_one_in_the_order_of_streams(place: Place, stored: list[StoredEntry]) -> None:
    with Weighing(place.reader) as session:
        [every] = ranges(session, 100, 1)[:1]
        found = list(
            in_stream_order(session, every._replace(after=None, last=max(each.stream for each in stored)), 100)
        )

    assert found == sorted(stored, key=lambda entry: entry.stream)
    assert session.heaviest <= MOST


@pytest.mark.parametrize("position", [48, 49])
def test_a_difference_among_large_events_is_explained(place: Place, stored: list[StoredEntry], position: int) -> None:
    original = stored[position - 1]
    moved, other_time = leaf_hash(entry_of(original)), original.recorded_at ^ 255
    with Weighing(place.reader) as session:
        assert explained(session, 50, moved) == f"the event that was here stands at position {position} now"
        says = explained(session, position, leaf_hash(entry_of(original._replace(recorded_at=other_time))))

    assert says == f"its recorded_at was {other_time} and is {original.recorded_at}"
    assert session.heaviest <= 32_000 * 40 + LARGE


@pytest.mark.parametrize("gap", [False, True])
def test_a_rebuild_reads_pages_that_are_limited_by_bytes(place: Place, stored: list[StoredEntry], *, gap: bool) -> None:
    if gap:
        with psycopg.connect(place.owner) as owner:
            owner.execute("DELETE FROM ledger.events WHERE position = 51")
    with connect(place.reader, "test") as connection:
        pages = list(entries_between(connection, 3, 90, 30, most_bytes=500_000))

    assert [entry for page in pages for entry in page] == [
        entry for entry in stored[3:90] if not gap or entry.position != 51
    ]
    assert max(sum(len(entry.open) + len(entry.sealed) for entry in page) for page in pages) <= 500_000


def test_small_events_are_read_in_as_few_statements_as_without_the_limit(place: Place) -> None:
    async def appended() -> None:
        async with Ledger(place.writer) as ledger:
            for _ in range(9):
                stream = new_stream()
                await ledger.append([NewEvent(stream, n, "x", bytes(700), b"", n.to_bytes(32)) for n in range(1, 1001)])

    asyncio.run(appended())
    with Weighing(place.reader) as session:
        hashed(session, 0, 8192)
        assert session.asked == 2
        hashed(session, 0, 9000)
        assert session.asked == 5
