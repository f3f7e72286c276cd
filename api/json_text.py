"""JSON that somebody sent, before anything trusts it: how deep it is nested, and a strict way to parse little of it."""

import json
import re
from itertools import accumulate
from typing import Any, Final, NoReturn

DEEPEST: Final = 32
"""How deep arrays and objects may stand in one another: far deeper than anything that the window takes."""

# Also a text that does not end is taken whole, so that looking for texts never starts again inside of one.
_TEXT = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_BRACKETS = b"[]{}"
_NO_BRACKETS = bytes(sorted(set(range(256)) - set(_BRACKETS)))
_STEPS = bytes.maketrans(_BRACKETS, b"\x01\xff\x01\xff")  # as signed bytes: one deeper, one less deep


def is_too_deep(raw: bytes) -> bool:
    """Return whether arrays and objects are nested deeper than DEEPEST, without parsing and without recursion."""
    if raw.count(b"[") + raw.count(b"{") <= DEEPEST:
        return False
    steps = _TEXT.sub(b"", raw).translate(_STEPS, _NO_BRACKETS)
    return max(accumulate(memoryview(steps).cast("b")), default=0) > DEEPEST


def parsed_strictly(raw: bytes) -> Any:
    """Return the document that the bytes are, if every reader would read the same.

    Raises:
        ValueError: it is not JSON in UTF-8, names a member twice, holds NaN or an infinity, or is nested too deep.
    """
    if is_too_deep(raw):
        raise ValueError("nested too deep")
    return json.loads(raw.decode(), object_pairs_hook=_named_once, parse_constant=_no_number)


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is named twice")
    return members


def _no_number(_: str) -> NoReturn:
    raise ValueError("not a number of JSON's")
