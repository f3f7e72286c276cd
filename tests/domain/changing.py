"""Makes documents with one part replaced, and builds types from them."""

from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar

import orjson
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

T = TypeVar("T")
Place = tuple[str | int, ...]
_ANYTHING: Final = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 63), (1 << 64) - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", " ", "1", "1.0", "true", "2026-01-01", "2026-01-01T00:00:00Z", "az", "granted", "x" * 300])
    | st.text(max_size=5),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.sampled_from(["az", "a", "days", ""]), part),
    max_leaves=5,
)


def changed(document: object) -> st.SearchStrategy[Any]:
    """Return parsed documents in which anything replaces one of the parts."""
    places = list(_places(document))
    other = st.builds(lambda at, value: _with(document, at, value), st.sampled_from(places), _ANYTHING)
    return other.map(lambda made: orjson.loads(orjson.dumps(made)))


def made(make: Callable[[T], BaseModel], of: T) -> tuple[str, BaseModel] | None:
    """Return the result with all its members, or None when it is refused."""
    try:
        new = make(of)
    except ValidationError:
        return None
    return repr(dict(new)), new


def _places(value: object, at: Place = ()) -> Iterator[Place]:
    yield at
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        yield from _places(part, (*at, name))


def _with(value: Any, at: Place, other: object) -> Any:
    if not at:
        return other
    copied = value.copy()
    copied[at[0]] = _with(value[at[0]], at[1:], other)
    return copied
