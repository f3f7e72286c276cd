"""Any entry that the table of events can hold."""

from hypothesis import strategies as st

from ledger.store.entries import StoredEntry

_positive = st.integers(0, 2**63 - 1)
stored_entries = st.builds(
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
