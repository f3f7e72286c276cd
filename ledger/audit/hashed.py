"""Computes the entries of the events in a range of positions: the part of an audit that reads every byte.

The entry is computed here by separate code: an auditor does not trust `ledger.store.entry_hash`, and makes no object
for each of millions of events; tests/verifying compares it with that module and the vectors of docs/adr/0001.
"""

import hashlib
from collections.abc import Sequence
from operator import itemgetter
from struct import Struct
from struct import error as StructError  # noqa: N812 - the library's own name says nothing
from typing import Any, Final, NamedTuple

from ledger.audit.findings import Finding
from ledger.audit.paging import without_last_key
from ledger.audit.session import ReadingSession
from ledger.public_log.hashing import HASH
from ledger.store.page_size import part_if_small

RANGE: Final = 1 << 15
"""Positions of a range: whole tiles, and a megabyte of entries."""

_PAGE: Final = 4096 + 1  # the last position begins the next page
_SMALL: Final = 16 << 10  # bytes of a part: a page has 128 MiB at most
_HEAD: Final = "SELECT e.position, uuid_send(e.stream), e.version, e.recorded_at, e.topic, e.salt"
_EVENTS: Final = f"""
{_HEAD}, {part_if_small("open", _SMALL)}, {part_if_small("sealed", _SMALL)} FROM ledger.events e
 WHERE position > %b AND position <= %b ORDER BY position LIMIT %b
"""
_EVENT: Final = f"{_HEAD}, e.open, e.sealed FROM ledger.events e WHERE position = %b LIMIT 1"
_U64, _U32 = Struct(">Q"), Struct(">I")
_NOTHING: Final = hashlib.sha256(b"").digest()
_MOST: Final = 20
_sha256 = hashlib.sha256
_position = itemgetter(0)
_NAMES: Final = ("position", "stream", "version", "recorded_at", "topic", "salt", "open", "sealed")
Row = Sequence[Any]


class HashedRange(NamedTuple):
    """The entries of the positions from `first`, 32 bytes each; the bytes of a missing position mean nothing.

    `first_time` and `last_time` are when the first and last event were recorded; None when there is none.
    """

    first: int
    entries: bytes
    missing: tuple[int, ...]
    first_time: int | None
    last_time: int | None
    findings: tuple[Finding, ...]


def hash_range(url: str, after: int, last: int) -> HashedRange:
    """Return the entries of a range of positions, and the findings that need no other events.

    Raises:
        LedgerUnreadableError: the database cannot be read.
    """
    with ReadingSession(url) as session:
        return hashed(session, after, last)


def hashed(session: ReadingSession, after: int, last: int) -> HashedRange:
    """Return the same from a session."""
    entries: list[bytes] = []
    missing: list[int] = []
    findings: list[Finding] = []
    first_time: int | None = None
    time, at = None, after
    while at < last and (rows := _page(session, at, last)):
        whole = rows
        if list(map(_position, rows)) != list(range(at + 1, at + 1 + len(rows))):
            whole = _with_gaps(rows, at, missing, findings)
        entries += _entries(session, whole, missing, findings)
        times = [row[3] for row in whole if row[3] is not None]
        first_time = times[0] if first_time is None and times else first_time
        _check_times(whole, time, findings)
        time, at = (times or [time])[-1], rows[-1][0]
    missing += range(at + 1, last + 1)
    entries += [bytes(HASH)] * (last - at)
    return HashedRange(after + 1, b"".join(entries), tuple(missing), first_time, time, tuple(findings[:_MOST]))


def _page(session: ReadingSession, after: int, last: int) -> Sequence[Row]:
    """Return the next rows, with all that have the position of any of them."""
    rows: Sequence[Row] = session.rows(_EVENTS, [after, last, _PAGE])
    return without_last_key(rows, _PAGE, _position)


def _entries(
    session: ReadingSession, rows: Sequence[Row], missing: Sequence[int], findings: list[Finding]
) -> list[bytes]:
    try:
        found = entries_of(rows)
    except (TypeError, AttributeError, StructError, OverflowError):
        found = []
    # The database enforces 32 bytes of salt, unless somebody has removed that check.
    if len(found) == len(rows) and all(len(row[5]) == HASH for row in rows):
        return found
    gone = set(missing)
    return [bytes(HASH) if row[0] in gone else _entry_or_finding(_whole(session, row), findings) for row in rows]


def _whole(session: ReadingSession, row: Row) -> Row:
    """Return the row with its large parts, which a page leaves out."""
    return row if None not in row[-2:] else next(iter(session.rows(_EVENT, [row[0]])), row)


def entries_of(rows: Sequence[Row]) -> list[bytes]:
    """Return the entries of rows (position, stream as bytes, version, recorded_at, topic, salt, open, sealed)."""
    names: dict[str, bytes] = {}
    u64, sha256 = _U64.pack, _sha256
    entries = []
    for _, stream, version, recorded_at, topic, salt, opened, sealed in rows:
        named = names.get(topic)
        if named is None:
            name = topic.encode()
            named = names[topic] = _U32.pack(len(name)) + name
        entry = b"".join(
            (
                b"\x01",
                salt,
                stream,
                u64(version),
                named,
                u64(recorded_at),
                sha256(opened).digest(),
                sha256(sealed).digest() if sealed != b"" else _NOTHING,  # NULL raises an error
            )
        )
        entries.append(sha256(entry).digest())
    return entries


def _entry_or_finding(row: Row, findings: list[Finding]) -> bytes:
    wrong = [name for name, value in zip(_NAMES, row, strict=True) if value is None]
    if not wrong and len(row[5]) != HASH:
        wrong = ["salt"]
    try:
        entry = entries_of([row])[0]
    except (TypeError, AttributeError, StructError, OverflowError):
        entry, wrong = bytes(HASH), wrong or ["version or recorded_at"]
    if wrong:
        findings.append(Finding("schema", row[0], f"its {wrong[0]} is nothing that an event can have"))
    return entry


def _with_gaps(rows: Sequence[Row], after: int, missing: list[int], findings: list[Finding]) -> list[Row]:
    """Return one row for each position up to the last one: an empty row for a missing one, the first of several."""
    whole: list[Row] = []
    expected = after + 1
    for row in rows:
        if row[0] < expected:
            findings.append(Finding("position", row[0], "there are two events at this position"))
            continue
        for position in range(expected, row[0]):
            missing.append(position)
            whole.append((position, *[None] * (len(_NAMES) - 1)))
        whole.append(row)
        expected = row[0] + 1
    return whole


def _check_times(rows: Sequence[Row], before: int | None, findings: list[Finding]) -> None:
    times = [row[3] for row in rows if row[3] is not None]
    if times == sorted(times) and (before is None or not times or times[0] >= before):
        return
    for row in rows:
        if row[3] is None:
            continue
        if before is not None and row[3] < before:
            findings.append(time_goes_back(row[0], row[3], before))
        before = row[3]


def time_goes_back(position: int, time: int, before: int) -> Finding:
    """Return the finding that an event was recorded before its predecessor."""
    return Finding("time", position, f"recorded_at goes back: {time} after {before}, in microseconds since 1970")
