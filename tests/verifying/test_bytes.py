"""The audit computes entries with separate, faster code, and gets the same entries."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.audit.hashed import entries_of
from ledger.store.entries import StoredEntry
from ledger.store.entry_hash import entry_of
from tests.ledger.any_entry import stored_entries


@settings(deadline=None)
@given(st.lists(stored_entries, max_size=5))
def test_the_audits_entries_are_those_of_the_ledger(events: list[StoredEntry]) -> None:
    rows = [(each.position, each.stream.bytes, *each[2:]) for each in events]

    assert entries_of(rows) == [entry_of(each) for each in events]
