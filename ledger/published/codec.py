"""Converts between domain events and stored bytes. Only this module writes the open part.

The open part is canonical JSON (the part of RFC 8785 that events need: sorted keys, no white space, UTF-8, no floats),
so a reader who parses it can write exactly the same bytes again.
"""

from collections.abc import Sequence

import orjson
from pydantic import BaseModel, JsonValue

from domain.envelope import Envelope
from domain.event import Event, sealed_fields
from domain.topics import TOPICS
from domain.values import rfc3339
from ledger.published.recorded import MOST_AGENCIES, Recorded
from ledger.store.entries import StoredEntry


class UnknownTopicError(Exception):
    """The entry is not one of Pencere's events."""


def open_part(event: Event, envelope: Envelope) -> bytes:
    """Return the open part as it is stored, published and hashed.

    Raises:
        ValueError: the event concerns more agencies than one event may.
    """
    if len(envelope.agencies) > MOST_AGENCIES:
        raise ValueError(f"an event concerns {MOST_AGENCIES} agencies at most")
    document = {
        "actor": {"pseudonym": envelope.actor.pseudonym, "role": envelope.actor.role},
        "agencies": envelope.agencies,
        "causation": envelope.causation,
        "correlation": envelope.correlation,
        "data": event.model_dump(mode="json", exclude=set(sealed_fields(type(event)))),
        "occurred_at": rfc3339(envelope.occurred_at),
        "origin": envelope.origin,
        "schema": event.schema_version,
    }
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def values_to_seal(event: Event) -> dict[str, JsonValue]:
    """Return stored field name -> value to seal. A mapping gets one name for each of its keys."""
    values: dict[str, JsonValue] = {}
    for name in sealed_fields(type(event)):
        value = getattr(event, name)  # a text or answers: already JSON; or a value of several parts, sealed as one
        if isinstance(value, dict):
            values |= {f"{name}.{key}": part for key, part in value.items()}
        elif value is not None:
            values[name] = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    return values


def decode(entry: StoredEntry) -> Recorded:
    """Return the event in an entry of one of Pencere's own streams.

    Raises:
        UnknownTopicError: the topic is not one of Pencere's.
        ValueError: the open part is not that of an event.
    """
    if entry.topic not in TOPICS:
        raise UnknownTopicError(f"position {entry.position} has a topic that is not of Pencere's")
    event = Recorded.of(entry, orjson.loads(entry.open))
    if event is None:
        raise ValueError(f"the open part at position {entry.position} is not that of an event")
    return event


def events_of(entries: Sequence[StoredEntry]) -> list[Event]:
    """Return Pencere's events of a stream, in order, without those of other applications."""
    return [decode(entry).event for entry in entries if entry.topic in TOPICS]
