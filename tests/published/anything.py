"""Entries as any application could append them, under Pencere's own topics and under others."""

from typing import Any, Final
from uuid import UUID

import orjson
from hypothesis import strategies as st

from domain.topics import TOPICS
from ledger.store.entries import StoredEntry
from tests.published.examples import entries

SALT: Final = bytes(32)
HONEST: Final = tuple(entries())
_TEXT: Final = st.text('az09-_:\x00\n"ä\u2028\U0001f600', max_size=6)
_JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 63), (1 << 64) - 1) | st.floats() | _TEXT,
    lambda part: st.lists(part, max_size=4) | st.dictionaries(_TEXT, part, max_size=4),
    max_leaves=8,
)
_AGENCIES: Final[st.SearchStrategy[Any]] = (
    st.lists(st.sampled_from(["town", "other-town", "hill"]), max_size=5)
    | st.lists(st.sampled_from(["town", "Town", "", "a--b", "-", "a\n", "town\x00", "ä", 5, None, [], "x" * 64]))
    | st.integers(60, 200).map(lambda count: [f"agency-{number}" for number in range(count)])
    | _JSON
)


def deep(opening: bytes, closing: bytes, depth: int) -> bytes:
    """Return JSON that is nested so deep."""
    return opening * depth + closing * depth


def _other_spelling(document: Any) -> st.SearchStrategy[bytes]:
    written = orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    return st.sampled_from(
        [
            written,
            orjson.dumps(document, option=orjson.OPT_INDENT_2),
            written + b"\n",
            b'{"agencies":["hill"],' + written[1:],
            written[:-1],
            written.replace(b'"town"', b'"\\ud800"'),
            written.replace(b'"town"', b'"\xff"'),
            written.replace(b'"schema":1', b'"schema":1.0'),
            written.replace(b'"schema":1', b'"schema":99'),
            written.replace(b'"data":{', b'"data":{"a":' + deep(b"[", b"]", 900) + b","),
        ]
    )


def _changed(entry: StoredEntry, name: str, value: Any) -> dict[str, Any]:
    document: dict[str, Any] = orjson.loads(entry.open)
    return {**document, name: value}


def _without(entry: StoredEntry, name: str) -> dict[str, Any]:
    document: dict[str, Any] = orjson.loads(entry.open)
    document.pop(name, None)
    return document


_MEMBER: Final = st.sampled_from(["actor", "agencies", "data", "occurred_at", "origin", "schema", "causation"])
_INSTANT: Final = st.sampled_from(["2026-02-30T00:00:00.000000Z", "2026-01-01T00:00:00.000000", "now", ""])
_DOCUMENT: Final = (
    st.builds(_changed, st.sampled_from(HONEST), st.just("agencies"), _AGENCIES)
    | st.builds(_changed, st.sampled_from(HONEST), _MEMBER, _JSON | _INSTANT)
    | st.builds(_without, st.sampled_from(HONEST), _MEMBER)
    | st.builds(lambda named: {"agencies": named}, _AGENCIES)
    | _JSON
)
OPEN: Final[st.SearchStrategy[bytes]] = (
    st.binary(max_size=40)
    | _DOCUMENT.flatmap(_other_spelling)
    | st.builds(deep, st.just(b"["), st.just(b"]"), st.integers(1, 1200))
    | st.builds(deep, st.just(b'{"a":'), st.just(b"}"), st.integers(1, 1200))
    | st.sampled_from([b"1e400", b"[" + b"9" * 5000 + b"]", b"NaN", b'{"a":1e-07}', b'"\\u0000"', b""])
)
TOPIC: Final[st.SearchStrategy[str]] = st.sampled_from(sorted(TOPICS)) | st.sampled_from(
    [
        "weather.measured",
        "case.looked_at",
        "",
        'a"b',
        "a\\b",
        "a\nb",
        "\u2028",
        "Case.Submitted",
        "case.submitted ",
    ]
)


@st.composite
def logs(draw: st.DrawFn, most: int = 12) -> list[StoredEntry]:
    """Return a ledger's entries, with honest events among arbitrary ones."""
    log: list[StoredEntry] = []
    for position in range(1, draw(st.integers(1, most)) + 1):
        if draw(st.booleans()):
            honest = draw(st.sampled_from(HONEST))
            topic, open_part = honest.topic, honest.open
        else:
            topic, open_part = draw(TOPIC), draw(OPEN)
        stream = UUID(int=draw(st.integers(1, 3)))
        log.append(
            StoredEntry(position, stream, position, 1_795_534_200_000_000 + position, topic, SALT, open_part, b"")
        )
    return log
