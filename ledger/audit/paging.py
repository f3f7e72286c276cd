"""Pages for an auditor, who relies on no constraint of the database: whoever owns it can drop the constraints."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

Row = TypeVar("Row")


def without_last_key(rows: Sequence[Row], limit: int, key: Callable[[Row], Any]) -> Sequence[Row]:
    """Return a page of rows in the order of a key; a full one without its last key, with which the next page begins.

    So no row is left out because the page was full after another one with the same key. A full page of one key only is
    returned whole: that there are two such rows can be seen in it.
    """
    if len(rows) < limit:
        return rows
    last, end = key(rows[-1]), len(rows)
    while end and key(rows[end - 1]) == last:
        end -= 1
    return rows[:end] or rows
