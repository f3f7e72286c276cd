"""The schemas of the attributes of a CloudEvent (see cloud_events.py), for each channel."""

from collections.abc import Mapping
from typing import Final

from ledger.published.catalogue import Name
from ledger.published.cloud_events import SOURCE
from ledger.published.schemas import INSTANT, Schema

_UUID: Final = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_WHOLE: Final = {"type": "string", "pattern": "^[1-9][0-9]*$"}
_OR_NONE: Final = {"type": "string", "pattern": "^(0|[1-9][0-9]*)$"}
_HASH: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_POSITION: Final = "The event's place in the ledger, from 1 without a gap."
_SEQUENCE: Final = "The number in this channel: an agency's events from 1 without a gap, in auditors' the position."
_PREVIOUS: Final = "The number of what was told before it, 0 at the beginning: so a gap shows."

_OF_THE_EVENT: Final[Mapping[str, Schema]] = {
    "specversion": {"type": "string", "const": "1.0"},
    "id": {
        "type": "string",
        "pattern": f"^{_UUID}:[1-9][0-9]*$",
        "description": "Stream and version: the same in every channel and for ever.",
    },
    "source": {"type": "string", "const": SOURCE},
    "type": {"type": "string", "description": "The topic."},
    "subject": {"type": "string", "pattern": f"^{_UUID}$", "description": "The stream: mostly a case."},
    "time": {**INSTANT, "description": "When it was recorded."},
    "recordedat": {**_WHOLE, "description": "The same in microseconds since 1970-01-01T00:00:00Z."},
    "salt": {**_HASH, "description": "Part of what the entry's hash is made of."},
    "sealedhash": {**_HASH, "description": "SHA-256 of the sealed part, which is never told."},
}


def binary(prefix: str = "ce_") -> Schema:
    """Return the schema of a Kafka record's headers (binary mode)."""
    named: dict[str, Schema] = {
        **_OF_THE_EVENT,
        "position": {**_WHOLE, "description": _POSITION},
        "sequence": {**_WHOLE, "description": _SEQUENCE},
        "previous": {**_OR_NONE, "description": f"{_PREVIOUS} It is of the same partition."},
        "partitionkey": {"type": "string", "pattern": f"^{_UUID}$", "description": "The record's key."},
    }
    headers = {f"{prefix}{name}": schema for name, schema in named.items()}
    headers["content-type"] = {"type": "string", "const": "application/json"}
    return {"type": "object", "properties": headers, "required": list(headers)}


def structured() -> Schema:
    """Return the schema of a CloudEvent in JSON, as the feed, its stream and webhooks send it."""
    members: dict[str, Schema] = {
        **_OF_THE_EVENT,
        "datacontenttype": {"type": "string", "const": "application/json"},
        "position": {"type": "integer", "minimum": 1, "description": _POSITION},
        "sequence": {"type": "integer", "minimum": 1, "description": _SEQUENCE},
        "previous": {"type": "integer", "minimum": 0, "description": _PREVIOUS},
        "data": {"type": "object", "description": "The open part, byte for byte as it is stored and hashed."},
    }
    return {"type": "object", "properties": members, "required": list(members)}


def key() -> Schema:
    """Return the schema of a Kafka record's key."""
    said = "The case, so that its events keep their order; of what is no case's, the stream."
    return {"type": "string", "pattern": f"^{_UUID}$", "description": said}


def is_of(name: Name, member: str = "type") -> Schema:
    """Return the schema that accepts only events of this type."""
    return {"type": "object", "properties": {member: {"type": "string", "const": name.topic}}}
