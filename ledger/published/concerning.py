"""Whose events an entry is, and which number it has in their feeds: decided here for every channel.

An entry is one of Pencere's events when its topic is of the published language and its open part is what the codec
writes. It concerns the agencies that its open part names. Whatever else an application on the same ledger has
appended concerns no agency: only auditors are told.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple
from uuid import UUID

import orjson

from domain.topics import TOPICS
from ledger.store.entries import StoredEntry

MOST_AGENCIES: Final = 64
"""One event concerns at most so many: each has a topic and a feed of its own."""

_LOOK: Final = "look.recorded"
_MEMBERS: Final = frozenset({"actor", "agencies", "data", "occurred_at", "origin", "schema"})
_ACTOR: Final = frozenset({"pseudonym", "role"})
_SLUG: Final = re.compile(r"(?=.{1,63}\Z)[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_INSTANT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


class Said(NamedTuple):
    """What one of Pencere's events says about itself, whatever its type; the data are of its schema version.

    Each agency is named once.
    """

    agencies: tuple[str, ...]
    actor: dict[str, str]
    occurred_at: str
    occurred: datetime
    origin: str
    schema: int
    data: dict[str, Any]


class Read(NamedTuple):
    """An entry, and what it says; None when it is none of Pencere's events."""

    entry: StoredEntry
    said: Said | None

    @property
    def agencies(self) -> tuple[str, ...]:
        """The agencies that the entry concerns."""
        return self.said.agencies if self.said is not None else ()

    @property
    def lane(self) -> str:
        """What keeps its order: a case with the looks at it, or else the stream."""
        if self.said is not None and self.entry.topic == _LOOK:
            case = self.said.data.get("case_id")
            if isinstance(case, str) and _is_uuid(case):
                return case
        return str(self.entry.stream)


def read(entry: StoredEntry) -> Read:
    """Return the entry with what it says; no bytes make this fail."""
    return Read(entry, said(entry))


def said(entry: StoredEntry) -> Said | None:
    """Return what one of Pencere's events says; None for every other entry, whatever its bytes are."""
    if entry.topic not in TOPICS:
        return None
    try:
        document = orjson.loads(entry.open)
        # Another spelling of the same JSON, with a member twice say, means different things to different readers.
        if not isinstance(document, dict) or orjson.dumps(document, option=orjson.OPT_SORT_KEYS) != entry.open:
            return None
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):  # no JSON, or nested deeper than the codec writes
        return None
    return _said(document) if document.keys() >= _MEMBERS else None


def numbered(agencies: Iterable[str], last: Callable[[str], int]) -> Iterator[tuple[str, int]]:
    """Return each agency that an event concerns with the event's number there: the one after the last."""
    for agency in agencies:
        yield agency, last(agency) + 1


def is_slug(value: object) -> bool:
    """Return whether the value is a name in clear: of an agency, a service, a desk."""
    return isinstance(value, str) and _is_slug(value)


def _said(document: dict[str, Any]) -> Said | None:
    agencies, actor, at, schema = (document[name] for name in ("agencies", "actor", "occurred_at", "schema"))
    origin, data = document["origin"], document["data"]
    if not isinstance(agencies, list) or len(agencies) > MOST_AGENCIES or not all(map(is_slug, agencies)):
        return None
    if not isinstance(actor, dict) or actor.keys() != _ACTOR or not all(isinstance(is_, str) for is_ in actor.values()):
        return None
    if type(schema) is not int or schema < 1 or not isinstance(origin, str) or not isinstance(data, dict):
        return None
    occurred = _instant(at)
    if occurred is None:
        return None
    return Said(tuple(dict.fromkeys(agencies)), actor, at, occurred, origin, schema, data)


def _instant(value: object) -> datetime | None:
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:  # of the right form, and on no calendar
        return None


@lru_cache(maxsize=4096)
def _is_slug(value: str) -> bool:
    return _SLUG.fullmatch(value) is not None


def _is_uuid(value: str) -> bool:
    try:
        return str(UUID(value)) == value
    except ValueError:
        return False
