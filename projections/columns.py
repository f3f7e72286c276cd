"""The types of view columns, and how a batch's values become a binary array."""

from collections.abc import Callable, Sequence
from struct import Struct
from typing import Any, NamedTuple

from ledger.postgresql import arrays

_HEADER = Struct(">iiIii")
_LENGTH = Struct(">i")
_NULL = _LENGTH.pack(-1)
_TEXT_OID = 25
_OFTEN = 4


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
    header = _HEADER.pack(1, int(None in values), _TEXT_OID, len(values), 1)
    distinct = set(values)
    if len(distinct) * _OFTEN < len(values):  # such as stages and agencies: each is encoded once
        encoded = {value: _encoded(value) for value in distinct}
        return arrays.TextArray(header + b"".join([encoded[value] for value in values]))
    return arrays.TextArray(header + b"".join(map(_encoded, values)))


def _encoded(value: str | None) -> bytes:
    if value is None:
        return _NULL
    encoded = value.encode()
    return _LENGTH.pack(len(encoded)) + encoded
