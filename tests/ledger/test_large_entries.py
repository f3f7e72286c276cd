"""A page of entries is limited by bytes, too: large events are read piece by piece, and none is left out."""

import asyncio
from collections.abc import Sequence
from random import Random

import pytest
from psycopg.rows import TupleRow

from ledger.eventsourcing_adapter.notifications import scan
from ledger.store.entries import NewEvent, StoredEntry
from ledger.store.ledger import Ledger
from ledger.store.reading import MOST_BYTES, Reader
from ledger.store.threads import ThreadedLedger
from tests.ledger.samples import new_stream

MIB = 1 << 20


def large(opened: int, sealed: int = 0) -> NewEvent:
    """Return an event whose parts have so many bytes."""
    drawn = Random(opened ^ sealed)
    return NewEvent(new_stream(), 1, "weather.measured", drawn.randbytes(opened), bytes(sealed), drawn.randbytes(32))


def size_of(entries: Sequence[StoredEntry]) -> int:
    return sum(len(entry.open) + len(entry.sealed) for entry in entries)


async def append(url: str, events: Sequence[NewEvent], together: int) -> None:
    async with Ledger(url) as ledger:
        for start in range(0, len(events), together):
            await ledger.append(events[start : start + together])


class Counting(Reader):
    """A reader that counts its statements."""

    asked = 0

    async def fetch(self, query: str, parameters: Sequence[object] = ()) -> list[TupleRow]:
        self.asked += 1
        return await super().fetch(query, parameters)


async def pages(url: str, limit: int, most_bytes: int) -> list[list[StoredEntry]]:
    """Return the whole ledger, page by page."""
    reader, found, position = Reader(url, most_bytes=most_bytes), list[list[StoredEntry]](), 0
    while page := await reader.after(position, limit):
        found.append(page)
        position = page[-1].position
    await reader.close()
    return found


@pytest.mark.parametrize("limit", [1, 3, 10, 1000])
@pytest.mark.parametrize("most_bytes", [1, 5000, 100_000])
def test_pages_are_the_whole_ledger_and_none_is_larger_than_allowed(
    writer_url: str, limit: int, most_bytes: int
) -> None:
    drawn = Random(5)
    sizes = [(drawn.choice([0, 10, 600, 5000, 70_000]), drawn.choice([0, 300, 90_000])) for _ in range(60)]
    asyncio.run(append(writer_url, [large(*size) for size in sizes], 20))

    found = asyncio.run(pages(writer_url, limit, most_bytes))

    whole = [entry for page in found for entry in page]
    assert [entry.position for entry in whole] == list(range(1, 61))
    assert [(len(entry.open), len(entry.sealed)) for entry in whole] == sizes
    for page in found:
        assert len(page) <= limit
        assert size_of(page) <= most_bytes or len([entry for entry in page if size_of([entry])]) == 1


def test_a_page_of_large_entries_is_as_full_as_is_allowed(writer_url: str) -> None:
    asyncio.run(append(writer_url, [large(1000) for _ in range(30)], 30))

    found = asyncio.run(pages(writer_url, 1000, 10_500))

    assert [len(page) for page in found] == [10, 10, 10]


def test_a_page_of_small_entries_is_one_statement(writer_url: str) -> None:
    asyncio.run(append(writer_url, [large(900) for _ in range(300)], 100))

    async def scenario() -> None:
        reader = Counting(writer_url)
        assert len(await reader.after(0, 200)) == 200
        assert len(await reader.after(200, 200)) == 100
        assert reader.asked == 2
        await reader.close()

    asyncio.run(scenario())


def test_a_publisher_that_asks_for_2000_entries_of_a_mebibyte_gets_as_many_as_fit(writer_url: str) -> None:
    asyncio.run(append(writer_url, [large(MIB - 1024) for _ in range(150)], 10))

    with ThreadedLedger(writer_url) as ledger:
        position, held = 0, list[int]()
        while page := ledger.read(position, 2000):
            position = page[-1].position
            held.append(size_of(page))

    assert position == 150
    assert len(held) == 3
    assert max(held) <= MOST_BYTES


def test_a_scan_for_notifications_goes_on_after_the_last_entry_that_fitted(writer_url: str) -> None:
    asyncio.run(append(writer_url, [large(MIB - 1024) for _ in range(70)], 10))

    with ThreadedLedger(writer_url) as ledger:
        first = scan(ledger, 0, 70, [], 1000)
        rest = scan(ledger, first.reached, 70, [], 1000)

    assert first.reached == len(first.found) < 70
    assert [each.id for each in first.found + rest.found] == list(range(1, 71))
    assert rest.reached == 70
