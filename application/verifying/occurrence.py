"""A stored event as the judge sees it: its open part, read strictly, and the names of its sealed fields.

A judge does not trust the reader that everybody else uses (`ledger/published/recorded.py`), so this module reads events
by itself.
"""

from datetime import date
from typing import NamedTuple
from uuid import UUID

import orjson

from domain.case.deadlines import may_be_local
from domain.envelope import Envelope
from domain.event import Event, sealed_fields
from domain.topics import TOPICS
from domain.upcasts import UnknownSchemaVersionError, upcast
from ledger.store.entries import StoredEntry


class UnreadableEventError(Exception):
    """The codec could not have written the event. The text says why, and repeats nothing of the event."""


class IllegalEventError(Exception):
    """No decision of the domain could have led to the event; the text names the rule."""


class Occurrence(NamedTuple):
    """An event with its envelope and its place in the ledger.

    Attributes:
        fields: the names of the open fields as stored; upcasting may have added others to the event.
        sealed: the names of the fields that are sealed.
        key_ref: the key that they are sealed under.
    """

    event: Event
    envelope: Envelope
    position: int
    stream: UUID
    version: int
    fields: tuple[str, ...]
    sealed: tuple[str, ...]
    key_ref: str | None


def occurrence_of(entry: StoredEntry) -> Occurrence:
    """Return the event.

    Raises:
        UnreadableEventError: it is not an event of Pencere's.
    """
    kind = TOPICS.get(entry.topic)
    if kind is None:
        raise UnreadableEventError("its topic is not one of Pencere's")
    try:
        document = orjson.loads(entry.open)
        if orjson.dumps(document, option=orjson.OPT_SORT_KEYS) != entry.open:
            raise UnreadableEventError("its open part is not written as the codec writes it")
        stored = document.pop("data")
        data = upcast(entry.topic, document.pop("schema"), stored)
        event = kind.model_validate(data)
        envelope = Envelope.model_validate(document)
    except UnknownSchemaVersionError as error:
        raise UnreadableEventError(str(error)) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UnreadableEventError(f"its open part is not that of a {entry.topic}") from None
    sealable = sealed_fields(kind)
    if any(name in stored for name in sealable):
        raise UnreadableEventError("a field that must be sealed stands open")
    key_ref, sealed = _sealed(entry.sealed) if entry.sealed else (None, ())
    if not all(name.partition(".")[0] in sealable for name in sealed):
        raise UnreadableEventError(f"its sealed part is not that of a {entry.topic}")
    return Occurrence(event, envelope, entry.position, entry.stream, entry.version, tuple(stored), sealed, key_ref)


def local_day(one: Occurrence, day: date) -> date:
    """Return the date that the event pins. Time zones change, so it only has to be the date of some place then.

    Raises:
        IllegalEventError: it was the date of no place at that instant.
    """
    if not may_be_local(day, one.envelope.occurred_at):
        raise IllegalEventError("its local date was in no time zone the date of the instant at which it happened")
    return day


def _sealed(part: bytes) -> tuple[str, tuple[str, ...]]:
    try:
        ((key_ref, fields),) = orjson.loads(part).items()
        names = tuple(fields.keys())
        if names and str(UUID(key_ref)) == key_ref and all(isinstance(each, str) for each in fields.values()):
            return key_ref, names
    except (ValueError, AttributeError, TypeError):
        pass
    raise UnreadableEventError("its sealed part is not one")


def compare(decided: Event, one: Occurrence) -> None:
    """Check that the open fields of an event are what was decided.

    Raises:
        IllegalEventError: they are not; the text names the field.
    """
    if type(decided) is not type(one.event):
        raise IllegalEventError(f"a {decided.topic} is due here")
    for name in one.fields:
        if getattr(decided, name) != getattr(one.event, name):
            raise IllegalEventError(f"{name} is not what the rules give")
