"""The part of the AsyncAPI document about resources: how the window asks them, and how they answer."""

from typing import Any, Final

from domain.evidence.messages import MESSAGES
from ledger.published.channels import answers_topic, requests_topic
from ledger.published.evidence import MessageName, message_schemas

SIGNED_MEDIA_TYPE: Final = "application/jose"
_ASKED: Final = ("request", "dispute")
_PART: Final = "[A-Za-z0-9_-]+"
_SIGNED: Final = rf"^{_PART}\.{_PART}\.{_PART}$"
_SEALED: Final = rf"^{_PART}\.\.{_PART}\.{_PART}\.{_PART}$"
_NAMES: Final = frozenset({"$schema", "$id"})
_LIMITS: Final = {"kafka": {"topicConfiguration": {"cleanup.policy": ["delete"]}, "bindingVersion": "0.5.0"}}


def evidence_servers() -> dict[str, Any]:
    """Return the servers that only this exchange uses."""
    return {
        "resource": {
            "host": "{host}",
            "protocol": "https",
            "description": "A resource's own server, as its integration names it. Both sides sign what they say.",
            "variables": {"host": {"default": "register.example", "description": "Of the integration's endpoint."}},
        }
    }


def evidence_channels() -> dict[str, Any]:
    """Return the channels: two topics for each resource, so that the broker can enforce rights, and its endpoint."""
    resource = {"resource": {"description": "The resource: its name in the register."}}
    return {
        "evidence-requests": {
            "address": requests_topic("{resource}"),
            "title": "What a resource is asked",
            "description": "Read by the resource alone. Requests and disputes, each again until it is answered.",
            "parameters": resource,
            "servers": [{"$ref": "#/servers/kafka"}],
            "messages": _messages_of(asked=True),
            "bindings": _LIMITS,
        },
        "evidence-answers": {
            "address": answers_topic("{resource}"),
            "title": "What a resource answers",
            "description": "Written by the resource alone: acknowledgements, answers, errors, replies to disputes.",
            "parameters": resource,
            "servers": [{"$ref": "#/servers/kafka"}],
            "messages": _messages_of(asked=False),
            "bindings": _LIMITS,
        },
        "evidence-endpoint": {
            "address": "/{path}",
            "title": "A resource's endpoint",
            "description": "The same messages by POST. The answer comes at once with 200, or 202 stands for later.",
            "parameters": {"path": {"description": "Of the integration's endpoint."}},
            "servers": [{"$ref": "#/servers/resource"}],
            "messages": {**_messages_of(asked=True), **_messages_of(asked=False)},
        },
    }


def evidence_operations() -> dict[str, Any]:
    """Return the operations, as the window does them."""
    return {
        "ask-by-kafka": {
            "action": "send",
            "channel": {"$ref": "#/channels/evidence-requests"},
            "title": "Ask a resource by Kafka",
            "summary": "Ask a resource for evidence, or dispute what it holds.",
            "description": "The same bytes again until it is acknowledged, answered or timed out.",
            "reply": {"channel": {"$ref": "#/channels/evidence-answers"}},
        },
        "hear-by-kafka": {
            "action": "receive",
            "channel": {"$ref": "#/channels/evidence-answers"},
            "title": "Hear a resource by Kafka",
            "summary": "Take what a resource says, in whatever order it comes.",
            "description": "A message that is not accepted changes nothing, whoever sent it.",
        },
        "ask-by-http": {
            "action": "send",
            "channel": {"$ref": "#/channels/evidence-endpoint"},
            "title": "Ask a resource by HTTP",
            "summary": "Ask a resource for evidence, or dispute what it holds.",
            "description": "The answer is the response, or it is posted later to the request's `replyTo`.",
            "messages": [_in_channel("evidence-endpoint", name) for name in sorted(message_schemas()) if _asks(name)],
            "bindings": {"http": {"method": "POST", "bindingVersion": "0.3.0"}},
        },
    }


def evidence_messages() -> dict[str, Any]:
    """Return the messages: the same on every transport, and the schema describes what is signed."""
    return {str(name): _message(name) for name in sorted(message_schemas())}


def evidence_schemas() -> dict[str, Any]:
    """Return the schemas of what is signed."""
    return {
        str(name): {keyword: part for keyword, part in schema.items() if keyword not in _NAMES}
        for name, schema in message_schemas().items()
    }


def _message(name: MessageName) -> dict[str, Any]:
    told = (MESSAGES[name.message].__doc__ or "").partition("\n")[0]
    form = "A compact JWS by Ed25519." if _asks(name) else "A compact JWS by Ed25519, in a compact JWE for the window."
    return {
        "name": f"evidence.{name.message}",
        "title": f"evidence.{name.message}, version {name.version}",
        "summary": told,
        "description": f"{form} The JSON Schema of what is signed: `{name.address}`.",
        "contentType": SIGNED_MEDIA_TYPE,
        "tags": [{"name": "evidence"}],
        "payload": {
            "type": "string",
            "pattern": _SIGNED if _asks(name) else _SEALED,
            "contentMediaType": SIGNED_MEDIA_TYPE,
            "x-signed": {"$ref": f"#/components/schemas/{name}"},
        },
        "bindings": {
            "kafka": {
                "key": {"type": "string", "format": "uuid", "description": "`requestId`, or `disputeId`."},
                "bindingVersion": "0.5.0",
            }
        },
    }


def _asks(name: MessageName) -> bool:
    return name.message in _ASKED


def _messages_of(*, asked: bool) -> dict[str, Any]:
    return {
        str(name): {"$ref": f"#/components/messages/{name}"}
        for name in sorted(message_schemas())
        if _asks(name) == asked
    }


def _in_channel(channel: str, name: MessageName) -> dict[str, str]:
    return {"$ref": f"#/channels/{channel}/messages/{name}"}
