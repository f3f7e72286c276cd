"""The messages of the AsyncAPI document: one for each type and version in Kafka, one for each HTTP channel.

The schemas are those of the published catalogue. AsyncAPI's own dialect (a superset of JSON Schema draft 7) understands
everything in them the same way. So they are copied unchanged, except for the two keywords that name them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from domain.topics import TOPICS
from ledger.published.attributes import binary, is_of, key, structured
from ledger.published.catalogue import Name, schemas

CLOUD_EVENT: Final = "application/cloudevents+json"
SIGNED: Final = "signed"
STREAMED: Final = "streamed"
_HEADERS: Final = "binary-mode-headers"
_STRUCTURED: Final = "cloud-event"
_NAMES: Final = frozenset({"$schema", "$id"})


def messages() -> dict[str, Any]:
    """Return every message."""
    named = sorted(schemas())
    return {
        **{str(name): _record(name) for name in named},
        STREAMED: {
            "name": "event",
            "title": "An event in the stream",
            "summary": "A CloudEvent on one line; the event's `id` in the stream is its `sequence`.",
            "contentType": CLOUD_EVENT,
            "payload": _any_of(named),
        },
        SIGNED: {
            "name": "delivery",
            "title": "A signed delivery",
            "summary": "A CloudEvent, signed after Standard Webhooks 1.0.0.",
            "contentType": CLOUD_EVENT,
            "headers": _SIGNATURE,
            "payload": _any_of(named),
        },
    }


def message_schemas() -> dict[str, Any]:
    """Return every schema that the messages use."""
    made: dict[str, Any] = {_HEADERS: binary(), _STRUCTURED: structured()}
    for name, schema in schemas().items():
        made[str(name)] = {keyword: part for keyword, part in schema.items() if keyword not in _NAMES}
        made[_as_cloud_event(name)] = {
            "title": f"{schema['title']}, as a CloudEvent",
            "allOf": [
                ref("schemas", _STRUCTURED),
                is_of(name),
                {"type": "object", "properties": {"data": ref("schemas", str(name))}},
            ],
        }
    return made


def records() -> dict[str, Any]:
    """Return the messages of a Kafka topic by their names."""
    return {str(name): ref("messages", str(name)) for name in sorted(schemas())}


def ref(kind: str, name: str) -> dict[str, str]:
    """Return a reference to a component."""
    return {"$ref": f"#/components/{kind}/{name}"}


def _record(name: Name) -> dict[str, Any]:
    told = (TOPICS[name.topic].__doc__ or "").partition("\n")[0]
    return {
        "name": name.topic,
        "title": f"{name.topic}, version {name.version}",
        "summary": told,
        "description": f"The value is the open part. Its JSON Schema: `{name.address}`.",
        "contentType": "application/json",
        "tags": [{"name": name.topic.partition(".")[0]}],
        "headers": {"type": "object", "allOf": [ref("schemas", _HEADERS), is_of(name, "ce_type")]},
        "payload": ref("schemas", str(name)),
        "bindings": {"kafka": {"key": key(), "bindingVersion": "0.5.0"}},
    }


def _any_of(named: Sequence[Name]) -> dict[str, Any]:
    return {"oneOf": [ref("schemas", _as_cloud_event(name)) for name in named]}


def _as_cloud_event(name: Name) -> str:
    return f"{name}.cloud-event"


_SIGNATURE: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["webhook-id", "webhook-timestamp", "webhook-signature"],
    "properties": {
        "webhook-id": {"type": "string", "description": "The event's id: the same at every delivery of it."},
        "webhook-timestamp": {"type": "string", "pattern": "^[0-9]+$", "description": "When it was sent, in seconds."},
        "webhook-signature": {
            "type": "string",
            "pattern": "^v1,[A-Za-z0-9+/]{43}=( v1,[A-Za-z0-9+/]{43}=)*$",
            "description": "HMAC-SHA-256 over `id.timestamp.body`; while secrets change, one by each.",
        },
    },
}
