"""Checks JSON that somebody sent: how deep it is nested, and which of its texts are not accepted."""

import json
import re
from itertools import accumulate
from typing import Any, Final, NamedTuple, NoReturn

from domain.text import TextCanBeStored

DEEPEST: Final = 32
"""How deep arrays and objects may be nested: far deeper than anything that the window accepts."""

# The pattern also takes a text without an end as a whole, so that the search never restarts inside a text.
_TEXT = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_BRACKETS = b"[]{}"
_NO_BRACKETS = bytes(sorted(set(range(256)) - set(_BRACKETS)))
_STEPS = bytes.maketrans(_BRACKETS, b"\x01\xff\x01\xff")  # as signed bytes: one level deeper, one level less
_CONTROL = re.compile(r"[\x00-\x1f]")
_NAME = re.compile(r"[A-Za-z0-9_.\[\]-]{0,100}")


class Unfit(NamedTuple):
    """A text that is not accepted: its place, and the rule."""

    field: str
    rule: str
    detail: str


def is_too_deep(raw: bytes) -> bool:
    """Return whether arrays and objects are nested deeper than DEEPEST, without parsing and without recursion."""
    if raw.count(b"[") + raw.count(b"{") <= DEEPEST:
        return False
    steps = _TEXT.sub(b"", raw).translate(_STEPS, _NO_BRACKETS)
    return max(accumulate(memoryview(steps).cast("b")), default=0) > DEEPEST


def parsed_strictly(raw: bytes) -> Any:
    """Return the parsed document, if every JSON reader would read the same.

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


def holds_half_a_pair(raw: bytes) -> bool:
    """Return whether this would be JSON without an escape of half a surrogate pair, which no text can hold."""
    try:
        json.dumps(json.loads(raw.decode()), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    except ValueError:
        return False
    return False


def unfit_text(document: object) -> Unfit | None:
    """Return a text of a parsed document that is not accepted, names included, or None. It does not recurse."""
    waiting: list[tuple[str, object]] = [("", document)]
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, str) and "\x00" in value:
            return Unfit(place, TextCanBeStored.rule, TextCanBeStored().detail)
        if isinstance(value, list):
            waiting += [(f"{place}.{number}".lstrip("."), each) for number, each in enumerate(value)]
        elif isinstance(value, dict):
            if any(map(_CONTROL.search, value)):
                return Unfit(place, "names-have-no-control-characters", "A member's name has no control characters.")
            waiting += [(f"{place}.{told(name)}".lstrip("."), each) for name, each in value.items()]
    return None


def told(name: str) -> str:
    """Return a member's name as a refusal may repeat it. A text that does not look like a name is not repeated."""
    return name if _NAME.fullmatch(name) else "[name]"
