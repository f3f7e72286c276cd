"""Replaces a row that is true now, and keeps what it was."""

from typing import Any

import orjson

from projections.tables import Row, Rows, Table


def replace(rows: Rows, current: Table, versions: Table, row: Row, position: int) -> None:
    """Put the row, and a version of it that holds from a position on. An event replaces each row once at most."""
    key = row[current.columns[0].name]
    rows.keyed[current.name].put(key, row)
    kept = {**row, "position": position}
    rows.appended[versions.name].add(tuple([kept[column.name] for column in versions.columns]))


def json(value: Any) -> str:
    """Return a value as JSON."""
    return orjson.dumps(value).decode()
