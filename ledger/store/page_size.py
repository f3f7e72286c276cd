"""Statements for a page of entries that is limited by rows and by bytes, at hardly any cost where entries are small.

An entry may have 16 MiB, so that a page limited by rows only may be more than a process can hold or a statement can
read in its time. The first statement takes only entries so small that any number of them fits. Positions have no gap,
so a gap in its page shows that a large entry was left out. Only then is the second statement asked, which sums sizes
up, which takes a tenth longer. The size of a value is known without reading it.

An auditor concludes nothing from gaps: a page of theirs has every row, with NULL for a large part, and each row with a
large part is read again, alone.
"""

from typing import Final

from ledger.store.entries import StoredEntry

_SIZE: Final = "(octet_length(e.open) + octet_length(e.sealed))"

_LARGE: Final = 32 << 10


def part_if_small(name: str, most: int) -> str:
    """Return the column `open` or `sealed` of an entry, which is NULL where it has more bytes than that."""
    return f"CASE WHEN octet_length(e.{name}) <= {most} THEN e.{name} END"


def columns_if_small(most: int) -> str:
    """Return the columns of an entry, where a part with more bytes than that is NULL."""
    names = StoredEntry._fields
    return ", ".join(part_if_small(name, most) if name in {"open", "sealed"} else f"e.{name}" for name in names)


COLUMNS_IF_SMALL: Final = columns_if_small(_LARGE)
"""The columns of an entry, where a large part is NULL: a thousand rows have 64 MiB at most."""


def small_after(columns: str) -> str:
    """Return the statement for entries up to a size; its parameters are `small_page`."""
    return f"""
SELECT {columns} FROM ledger.events e WHERE e.position > %b AND {_SIZE} <= %b ORDER BY e.position LIMIT %b
"""  # noqa: S608 - constant columns


def within_after(columns: str) -> str:
    """Return the statement for entries of some bytes together, or for one that is larger; see `large_page`."""
    return f"""
SELECT {columns} FROM (
    SELECT e.*, sum({_SIZE}) OVER (ORDER BY e.position ROWS UNBOUNDED PRECEDING) AS so_far
      FROM ledger.events e WHERE e.position > %b ORDER BY e.position LIMIT %b) e
 WHERE e.so_far <= %b OR e.so_far = {_SIZE} ORDER BY e.position
"""  # noqa: S608 - constant columns


def small_page(after: int, limit: int, most_bytes: int) -> list[object]:
    """Return the parameters of `small_after`."""
    return [after, most_bytes // max(limit, 1), limit]


def large_page(after: int, limit: int, most_bytes: int) -> list[object]:
    """Return the parameters of `within_after`."""
    return [after, limit, most_bytes]


def is_whole(after: int, count: int, last: int | None) -> bool:
    """Return whether a page of small entries has left out none before its last one."""
    return last is not None and last == after + count
