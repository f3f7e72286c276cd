"""The audit writes the entry once more, for speed: it is the same entry."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.entry import entry_of
from ledger.records import StoredEntry
from ledger.verifying.hashed import entries_of

_positive = st.integers(0, 2**63 - 1)
_stored = st.builds(
    StoredEntry,
    position=_positive,
    stream=st.uuids(),
    version=_positive,
    recorded_at=_positive,
    topic=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30),
    salt=st.binary(min_size=32, max_size=32),
    open=st.binary(max_size=60),
    sealed=st.binary(max_size=60),
)


@settings(deadline=None)
@given(st.lists(_stored, max_size=5))
def test_the_audits_entries_are_those_of_the_ledger(events: list[StoredEntry]) -> None:
    rows = [(each.position, each.stream.bytes, *each[2:]) for each in events]

    assert entries_of(rows) == [entry_of(each) for each in events]
