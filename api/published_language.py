"""The routes that describe events and messages to their readers: the AsyncAPI document, and all JSON Schemas.

Resources also fetch the window's public key here, which verifies what it asks them.
"""

from typing import Annotated, Any, TypeAlias

import orjson
from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, Field

from api.answers import public_answer
from api.asyncapi import document
from api.documentation import described
from api.refusals import NothingThereError
from api.services import ApiServices
from domain.subscription.events import Topic
from ledger.published.catalogue import Name, published
from ledger.published.evidence import MessageName, published_messages
from ledger.published.schemas import MEDIA_TYPE
from projections.view_type import ViewType

router = APIRouter(tags=["events"])

# Long enough that validators need not fetch it each time, short enough that corrected descriptions reach them.
_KEPT = {"Cache-Control": "public, max-age=3600"}


class EventSchema(ViewType):
    """Where the schema of a type of events is, in one of its versions; events of the newest are still written."""

    topic: str
    version: int
    newest: bool
    href: str


class EventSchemas(ViewType):
    """Every schema that was ever published."""

    items: list[EventSchema]


class MessageSchema(ViewType):
    """Where the schema of a message between the window and resources is."""

    message: str
    version: int
    href: str


class MessageSchemas(ViewType):
    """Every schema of these messages that was ever published."""

    items: list[MessageSchema]


class PublicJsonWebKey(BaseModel):
    """A public key (RFC 7517, RFC 8037)."""

    kty: str
    crv: str
    x: str
    kid: str
    alg: str
    use: str


class JsonWebKeys(BaseModel):
    """The keys with which the window signs what it asks resources."""

    keys: list[PublicJsonWebKey]


MessageType: TypeAlias = Annotated[str, Field(pattern="^[a-z]+(_[a-z]+)*$", max_length=40)]


def _gives_a_schema(of: str) -> dict[str, Any]:
    told = described(f"Read the schema of {of}", None, refuses=(400, 404))
    told["responses"][200]["content"] = {MEDIA_TYPE: {"schema": {"type": "object"}}}
    return told


@router.get("/asyncapi.json", include_in_schema=False)
async def asyncapi() -> Response:
    """Answer the AsyncAPI document."""
    return public_answer(document())


@router.get("/v1/schemas/events", **described("List the schemas of events", None, gives=EventSchemas))
async def list_event_schemas() -> Response:
    """List the JSON Schemas of events, type by type, the oldest version first."""
    items = [
        {"topic": name.topic, "version": name.version, "newest": name.is_newest, "href": name.address}
        for name in published()
    ]
    return public_answer(orjson.dumps({"items": items}), _KEPT)


@router.get("/v1/schemas/events/{topic}/{version}", **_gives_a_schema("a type of events"))
async def read_event_schema(
    topic: Annotated[Topic, Path()],
    version: Annotated[int, Path(ge=1, lt=1 << 31)],
) -> Response:
    """Read the JSON Schema (2020-12) of the open part of events of this type and version."""
    schema = published().get(Name(topic, version))
    if schema is None:
        raise NothingThereError
    return Response(schema, 200, _KEPT, MEDIA_TYPE)


@router.get("/v1/schemas/evidence", **described("List the schemas of messages", None, gives=MessageSchemas))
async def list_message_schemas() -> Response:
    """List the JSON Schemas of the messages that the window and resources exchange."""
    items = [{"message": name.message, "version": name.version, "href": name.address} for name in published_messages()]
    return public_answer(orjson.dumps({"items": items}), _KEPT)


@router.get("/v1/schemas/evidence/{message}/{version}", **_gives_a_schema("a message"))
async def read_message_schema(
    message: Annotated[MessageType, Path()],
    version: Annotated[int, Path(ge=1, lt=1 << 31)],
) -> Response:
    """Read the JSON Schema (2020-12) of a message, as it is before it is signed."""
    schema = published_messages().get(MessageName(message, version))
    if schema is None:
        raise NothingThereError
    return Response(schema, 200, _KEPT, MEDIA_TYPE)


@router.get("/v1/evidence/keys", **described("Read the key that signs requests", None, gives=JsonWebKeys))
async def read_evidence_keys(request: Request) -> Response:
    """Read the window's public key as a JSON Web Key Set, by which resources know that it is the window that asks."""
    services: ApiServices = request.app.state.services
    keys = {"keys": []} if services.replies is None else services.replies.exchange.keys.public()
    return public_answer(orjson.dumps(keys), _KEPT)
