"""The types of view columns, and how a batch's values become a binary array."""

from collections.abc import Callable, Sequence
from struct import Struct
from typing import Any, NamedTuple

from ledger.postgresql import arrays

_HEADER = Struct(">iiIii")
_LENGTH = Struct(">i")
_NULL = _LENGTH.pack(-1)
_TEXT_OID = 25


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
    return Column(name, _texts, is_text=True)


def bytea(name: str) -> Column:
    """Return a column of type bytea, without NULL."""
    return Column(name, arrays.byteas)


def _texts(values: Sequence[str | None]) -> arrays.TextArray:
    if None not in values:
        return arrays.texts([value for value in values if value is not None])
    parts = [_HEADER.pack(1, 1, _TEXT_OID, len(values), 1)]
    for value in values:
        if value is None:
            parts.append(_NULL)
        else:
            encoded = value.encode()
            parts += (_LENGTH.pack(len(encoded)), encoded)
    return arrays.TextArray(b"".join(parts))
