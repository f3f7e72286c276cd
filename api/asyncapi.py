"""The AsyncAPI document: which events are published, where, to whom and in which form; how resources are asked."""

from functools import cache
from typing import Any, Final

import orjson

from api.asyncapi_evidence import (
    evidence_channels,
    evidence_messages,
    evidence_operations,
    evidence_schemas,
    evidence_servers,
)
from api.asyncapi_messages import SIGNED, STREAMED, message_schemas, messages, records, ref
from api.documentation import CONTACT
from api.threshold import API_VERSION
from domain.topics import TOPICS
from ledger.published.channels import AUDIT, EVENTS

_SLUG: Final = "a name of the catalogue"
_DESCRIPTION: Final = """What happens in the window, as its agencies and auditors are told: by Kafka, as a stream over
HTTP and by webhooks. Every event is a CloudEvent (1.0) whose data is the open part, byte for byte as it is stored and
hashed. Events come at least once, in order per case; `sequence` and `previous` show that none is missing. Ignore
members that you do not know: there may be more of them in the envelope and in later schema versions. The feed by pages
is in the OpenAPI document; each JSON Schema is served by itself as well, `/v1/schemas/events` lists them. Resources are
asked for evidence in signed messages of their own (`/v1/schemas/evidence`). Topics of other names are the window's
own."""
_TOKEN: Final = "A JWT with iss, sub, aud, exp and role; agency for agencies."  # noqa: S105 - describes a token
_HOST: Final = "window.example"


@cache
def document() -> bytes:
    """Return the AsyncAPI document as JSON."""
    return orjson.dumps(
        {
            "asyncapi": "3.1.0",
            "info": _info(),
            "defaultContentType": "application/json",
            "servers": {**_servers(), **evidence_servers()},
            "channels": {**_channels(), **evidence_channels()},
            "operations": {**_operations(), **evidence_operations()},
            "components": {
                "messages": {**messages(), **evidence_messages()},
                "schemas": {**message_schemas(), **evidence_schemas()},
                "securitySchemes": _security(),
            },
        }
    )


def _info() -> dict[str, Any]:
    families = sorted({topic.partition(".")[0] for topic in TOPICS})
    return {
        "title": "Pencere: events",
        "version": API_VERSION,
        "description": _DESCRIPTION,
        "contact": CONTACT,
        "license": {
            "name": "EUPL-1.2",
            "url": "https://interoperable-europe.ec.europa.eu/collection/eupl/eupl-text-eupl-12",
        },
        "tags": [
            *({"name": family, "description": f"What happens to a {family}."} for family in families),
            {"name": "evidence", "description": "What the window and a resource say to each other."},
        ],
    }


def _servers() -> dict[str, Any]:
    return {
        "kafka": {
            "host": "{brokers}",
            "protocol": "kafka-secure",
            "description": "The window's brokers; each agency has a user of its own, who may read its topic alone.",
            "variables": {"brokers": {"default": f"kafka.{_HOST}:9093", "description": "As the operator names them."}},
            "security": [ref("securitySchemes", "scram")],
        },
        "window": {
            "host": "{host}",
            "protocol": "https",
            "description": "The window itself.",
            "variables": {"host": {"default": _HOST, "description": "Where this document was read from."}},
            "security": [ref("securitySchemes", "bearer")],
        },
        "endpoint": {
            "host": "{host}",
            "protocol": "https",
            "description": "An agency's own server, as its subscription names it.",
            "variables": {
                "host": {"default": "hooks.agency.example", "description": "Of the subscription's endpoint."}
            },
            "security": [ref("securitySchemes", "signature")],
        },
    }


def _channels() -> dict[str, Any]:
    forever = {
        "kafka": {"topicConfiguration": {"cleanup.policy": ["delete"], "retention.ms": -1}, "bindingVersion": "0.5.0"}
    }
    return {
        "agency": {
            "address": f"{EVENTS}{{agency}}",
            "title": "An agency's events",
            "description": "Everything that concerns the agency, numbered from 1 without a gap.",
            "parameters": {"agency": {"description": f"The agency: {_SLUG}."}},
            "servers": [{"$ref": "#/servers/kafka"}],
            "messages": records(),
            "bindings": forever,
        },
        "audit": {
            "address": AUDIT,
            "title": "Everything",
            "description": "Every event, for auditors; the sequence is the position.",
            "servers": [{"$ref": "#/servers/kafka"}],
            "messages": records(),
            "bindings": forever,
        },
        "stream": {
            "address": "/v1/events/stream",
            "title": "The feed as server-sent events",
            "description": "An agency's events by its sequence, or all for an auditor; see the OpenAPI document.",
            "servers": [{"$ref": "#/servers/window"}],
            "messages": {STREAMED: ref("messages", STREAMED)},
        },
        "webhook": {
            "address": "/{path}",
            "title": "A subscription's webhook",
            "description": "The events of a granted subscription, to its endpoint, until each is answered with 2xx.",
            "parameters": {"path": {"description": "Of the subscription's endpoint."}},
            "servers": [{"$ref": "#/servers/endpoint"}],
            "messages": {SIGNED: ref("messages", SIGNED)},
        },
    }


def _operations() -> dict[str, Any]:
    asked = {
        "after": {"type": "integer", "minimum": 0, "description": "The sequence to go on after; or Last-Event-ID."},
        "topic": {"type": "array", "items": {"type": "string"}, "description": "These types only."},
        "service": {"type": "array", "items": {"type": "string"}, "description": "About these services only."},
        "subscription": {"type": "string", "description": "What this granted subscription names."},
        "agency": {"type": "string", "description": "For auditors: this agency's."},
        "case": {"type": "string", "format": "uuid", "description": "For auditors: this case's, and the looks at it."},
    }
    query = {"type": "object", "properties": asked}
    kafka = "At least once, in order per case; a subscriber drops what it has seen, by the sequence."
    ways: dict[str, tuple[str, str, dict[str, Any]]] = {
        "agency": ("Tell an agency", kafka, {}),
        "audit": ("Tell auditors", kafka, {}),
        "stream": (
            "Answer a reader of the stream",
            "What there is, then what comes; a reader that comes back goes on after the last id it has seen.",
            {"method": "GET", "query": query, "bindingVersion": "0.3.0"},
        ),
        "webhook": (
            "Deliver to an endpoint",
            "One event a request, repeated until it is answered with 2xx; a case's next event waits for that.",
            {"method": "POST", "bindingVersion": "0.3.0"},
        ),
    }
    return {
        f"tell-{channel}": {
            "action": "send",
            "channel": {"$ref": f"#/channels/{channel}"},
            "title": title,
            "summary": f"{title} what has happened.",
            "description": description,
            **({"bindings": {"http": http}} if http else {}),
        }
        for channel, (title, description, http) in ways.items()
    }


def _security() -> dict[str, Any]:
    signature = "`webhook-signature` after Standard Webhooks: the agency checks it with the subscription's secret."
    return {
        "scram": {"type": "scramSha512", "description": "User and password as the operator gives them out; over TLS."},
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": _TOKEN},
        "signature": {"type": "httpApiKey", "in": "header", "name": "webhook-signature", "description": signature},
    }
