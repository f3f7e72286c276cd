"""Between domain events and stored bytes: the open part is written here and nowhere else.

The open part is canonical JSON (the part of RFC 8785 that events need: sorted keys, no white space, UTF-8, no
floats), so whoever parses it can write the very same bytes again.
"""

from collections.abc import Sequence
from typing import NamedTuple

import orjson
from pydantic import JsonValue

from domain.envelope import Envelope
from domain.event import Event, sealed_fields
from domain.topics import TOPICS
from domain.upcasts import upcast
from domain.values import rfc3339
from ledger.published.concerning import MOST_AGENCIES
from ledger.store.entries import StoredEntry


class Decoded(NamedTuple):
    """A stored event as the domain knows it; its sealed fields are None."""

    event: Event
    envelope: Envelope
    position: int
    version: int
    recorded_at: int


class UnknownTopicError(Exception):
    """The entry is not one of Pencere's events."""


def open_part(event: Event, envelope: Envelope) -> bytes:
    """Return the open part as it is stored, published and hashed.

    Raises:
        ValueError: the event would concern more agencies than are told of one event.
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
    """Return stored field name -> value of what must be sealed; a mapping has one name for each of its keys."""
    values: dict[str, JsonValue] = {}
    names = sealed_fields(type(event))
    if not names:
        return values
    for name, value in event.model_dump(mode="json", include=set(names), exclude_none=True).items():
        if isinstance(value, dict):
            values |= {f"{name}.{key}": part for key, part in value.items()}
        else:
            values[name] = value
    return values


def decode(entry: StoredEntry) -> Decoded:
    """Return the event and its envelope.

    Raises:
        UnknownTopicError: when the topic is not of Pencere's.
    """
    kind = TOPICS.get(entry.topic)
    if kind is None:
        raise UnknownTopicError(f"position {entry.position} has a topic that is not of Pencere's")
    document = orjson.loads(entry.open)
    data = upcast(entry.topic, document.pop("schema"), document.pop("data"))
    return Decoded(
        kind.model_validate(data), Envelope.model_validate(document), entry.position, entry.version, entry.recorded_at
    )


def events_of(entries: Sequence[StoredEntry]) -> list[Event]:
    """Return Pencere's events of a stream, in order, without what another application has put there."""
    return [decode(entry).event for entry in entries if entry.topic in TOPICS]
