"""Layouts of the event table. The product has the plain one; the others exist only here."""

from pathlib import Path
from typing import Final, NamedTuple

from ledger.store.entries import COLUMNS

_STREAM = f"SELECT {COLUMNS} FROM ledger.events e WHERE e.stream = %b ORDER BY e.version"  # noqa: S608 - constant
# The heads say in which partitions a stream begins and ends; the others are not looked into.
_STREAM_BY_HEAD = f"""
SELECT {COLUMNS} FROM ledger.stream_heads h
 CROSS JOIN LATERAL (SELECT * FROM ledger.events e WHERE e.stream = h.stream
                        AND e.position BETWEEN h.first_position AND h.last_position) e
 WHERE h.stream = %b ORDER BY e.version
"""  # noqa: S608 - constant


class Layout(NamedTuple):
    """A layout: the statements that create it, those after a fill, and the one that reads a stream."""

    name: str
    made_by: str
    after_fill: str
    read_stream: str


def _text_of(name: str) -> str:
    return (Path(__file__).parent / f"{name}.sql").read_text()


LAYOUTS: Final = {
    layout.name: layout
    for layout in (
        Layout("plain", "", "", _STREAM),
        Layout(
            "by-position",
            _text_of("by_position"),
            "INSERT INTO ledger.stream_heads"
            " SELECT stream, max(version), min(position), max(position) FROM ledger.events GROUP BY stream;"
            " ANALYZE ledger.stream_heads",
            _STREAM_BY_HEAD,
        ),
        Layout("by-stream", _text_of("by_stream"), "", _STREAM),
    )
}
