"""A decoded event: the one type for all code that folds, numbers, delivers or decides on the ledger's events.

An entry is one of Pencere's events when its topic is of the published language and its open part is what the codec
writes. Its bytes are parsed here, once, and the domain's own types are made from the result. (An auditor parses them
again, more strictly: application/verifying/occurrence.py.)
"""

import re
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, Self

import orjson

from domain.envelope import Envelope
from domain.event import Event
from domain.topics import TOPICS
from domain.upcasts import upcast
from domain.values import micros_at
from ledger.store.entries import StoredEntry

MOST_AGENCIES: Final = 64
"""One event concerns at most so many agencies: each has its own topic and feed."""

_MEMBERS: Final = frozenset({"actor", "agencies", "data", "occurred_at", "origin", "schema"})
_ACTOR: Final = frozenset({"pseudonym", "role"})
_SLUG: Final = re.compile(r"(?=.{1,63}\Z)[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_INSTANT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


class Recorded:
    """One of Pencere's events as recorded, with the open part parsed and the sealed part as stored.

    Attributes:
        position, stream, version, topic, recorded_at, sealed: as in the entry; recorded_at is in microseconds.
        occurred_at, occurred_micros: when it happened, as text and in microseconds.
        actor, origin: as in the envelope.
        agencies: the agencies that it concerns, each once.
        of_case: whether it belongs to a case.
        schema: the schema version in which its data were written.
        stored: its data in that version.
    """

    # Each view folds millions of these, and plain attributes are the fastest to read.
    __slots__ = (
        "_data",
        "_event",
        "_open",
        "actor",
        "agencies",
        "occurred_at",
        "occurred_micros",
        "of_case",
        "origin",
        "position",
        "recorded_at",
        "schema",
        "sealed",
        "stored",
        "stream",
        "topic",
        "version",
    )

    def __init__(self, entry: StoredEntry, document: dict[str, Any], occurred: datetime) -> None:
        self.position, self.stream, self.version, self.recorded_at, self.topic, _, _, self.sealed = entry
        self.actor: dict[str, str] = document["actor"]
        agencies: list[str] = document["agencies"]
        self.agencies = tuple(agencies if len(agencies) < 2 else dict.fromkeys(agencies))  # noqa: PLR2004 - each once
        self.of_case = self.topic.startswith("case.")
        self.occurred_at: str = document["occurred_at"]
        self.occurred_micros = micros_at(occurred)
        self.origin: str = document["origin"]
        self.schema: int = document["schema"]
        self.stored: dict[str, Any] = document["data"]
        self._open = document
        self._data: dict[str, Any] | None = None
        self._event: Event | None = None

    @classmethod
    def of(cls, entry: StoredEntry, document: object) -> Self | None:
        """Return the event in an entry with one of our topics; None if the codec cannot have written its open part."""
        if not isinstance(document, dict) or not document.keys() >= _MEMBERS:
            return None
        agencies, actor, schema = document["agencies"], document["actor"], document["schema"]
        if not _are_agencies(agencies) or not _is_actor(actor) or type(schema) is not int or schema < 1:
            return None
        if not isinstance(document["origin"], str) or not isinstance(document["data"], dict):
            return None
        occurred = _instant(document["occurred_at"])
        return None if occurred is None else cls(entry, document, occurred)

    @property
    def data(self) -> dict[str, Any]:
        """The data in the newest schema version.

        Raises:
            UnknownSchemaVersionError: the event is newer than this program.
        """
        if self._data is None:
            self._data = upcast(self.topic, self.schema, self.stored)
        return self._data

    @property
    def event(self) -> Event:
        """The domain's event, with its sealed fields None.

        Raises:
            UnknownSchemaVersionError: the event is newer than this program.
            ValueError: the data do not fit the event's type.
        """
        if self._event is None:
            self._event = TOPICS[self.topic].model_validate(self.data)
        return self._event

    @property
    def envelope(self) -> Envelope:
        """The event's envelope.

        Raises:
            ValueError: the open part does not hold a valid envelope.
        """
        said = {name: value for name, value in self._open.items() if name not in {"data", "schema"}}
        return Envelope.model_validate(said)


def recorded(entry: StoredEntry) -> Recorded | None:
    """Return the event in an entry; None for every entry that is not one of Pencere's, whatever its bytes."""
    if entry.topic not in TOPICS:
        return None
    try:
        document = orjson.loads(entry.open)
        # Another spelling of the same JSON, for example with a member twice, may mean different things to different
        # readers.
        if orjson.dumps(document, option=orjson.OPT_SORT_KEYS) != entry.open:
            return None
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):  # not JSON, or nested deeper than the codec writes
        return None
    return Recorded.of(entry, document)


def is_slug(value: object) -> bool:
    """Return whether the value is a name in clear, as of an agency, a service or a desk."""
    return isinstance(value, str) and _is_slug(value)


def _are_agencies(value: object) -> bool:
    if not isinstance(value, list) or len(value) > MOST_AGENCIES:
        return False
    for each in value:  # noqa: SIM110 - a generator takes three times as long, and every fold waits for this
        if not isinstance(each, str) or not _is_slug(each):
            return False
    return True


def _is_actor(value: object) -> bool:
    if not isinstance(value, dict) or value.keys() != _ACTOR:
        return False
    return isinstance(value["role"], str) and isinstance(value["pseudonym"], str)


def _instant(value: object) -> datetime | None:
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:  # the form is right, but there is no such date
        return None


@lru_cache(maxsize=4096)
def _is_slug(value: str) -> bool:
    return _SLUG.fullmatch(value) is not None
