"""The types of view columns, and how a batch's values become a binary array."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ledger.postgresql import arrays


class Column(NamedTuple):
    """A column: its name, and the function that makes an array of its values."""

    name: str
    encode: Callable[[Sequence[Any]], arrays.BinaryArray]
    is_text: bool = False


def uuid(name: str) -> Column:
    """Return a column of type uuid, without NULL."""
    return Column(name, arrays.uuids)


def bigint(name: str) -> Column:
    """Return a column of type bigint; None is NULL."""
    return Column(name, arrays.int8s)


def text(name: str) -> Column:
    """Return a column of type text; None is NULL."""
    return Column(name, arrays.texts, is_text=True)


def bytea(name: str) -> Column:
    """Return a column of type bytea, without NULL."""
    return Column(name, arrays.byteas)
