"""The events that the bench appends are ours, so that publishing them is measured and not passing them over."""

from bench.parts import AGENCY, Author
from ledger.published.concerning import read
from ledger.store.entries import StoredEntry


def test_an_event_of_the_bench_concerns_its_agency() -> None:
    event = Author().next_event()
    stored = StoredEntry(1, event.stream, event.version, 1, event.topic, event.salt, event.open, event.sealed)

    assert read(stored).agencies == (AGENCY,)
