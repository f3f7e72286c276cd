"""The routes that describe events to their readers: the AsyncAPI document, and a JSON Schema for each version."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Response

from api.answers import public_answer
from api.asyncapi import document
from api.documentation import described
from api.refusals import NothingThereError
from domain.subscription.events import Topic
from ledger.published.catalogue import Name, published
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


def _gives_a_schema() -> dict[str, Any]:
    told = described("Read the schema of a type of events", None, refuses=(400, 404))
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


@router.get("/v1/schemas/events/{topic}/{version}", **_gives_a_schema())
async def read_event_schema(
    topic: Annotated[Topic, Path()],
    version: Annotated[int, Path(ge=1, lt=1 << 31)],
) -> Response:
    """Read the JSON Schema (2020-12) of the open part of events of this type and version."""
    schema = published().get(Name(topic, version))
    if schema is None:
        raise NothingThereError
    return Response(schema, 200, _KEPT, MEDIA_TYPE)
