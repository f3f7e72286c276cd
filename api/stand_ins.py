"""The routes by which the coordinator says which desk of another agency stands in for a desk."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Path, Response

from api.answers import json_answer
from api.bodies import read_body
from api.calls import JsonCall
from api.catalogue_commands import CatalogueChange
from api.documentation import described
from application.access.authorisation import Action, authorise
from application.catalogue.stand_ins import name_stand_in
from application.request_document import RequestDocument
from domain.agency.events import DeskOfAgency
from domain.values import Slug

router = APIRouter(prefix="/v1/agencies/{slug}/desks/{desk}/stand-in", tags=["catalogue"])
Agency = Annotated[Slug, Path(description="The agency whose desk it is.")]
DeskName = Annotated[Slug, Path(description="Its desk.")]


class StandIn(RequestDocument):
    """The desk of another agency that stands in."""

    agency: Slug
    desk: Slug


@router.put(
    "",
    **described("Name a stand-in", Action.WRITE_CATALOGUE, gives=CatalogueChange, takes=StandIn, refuses=(404,)),
)
async def put_stand_in(slug: Agency, desk: DeskName, call: JsonCall) -> Response:
    """Name a stand-in. It takes over each case for which fewer than three could be drawn, even if none were busy."""
    authorise(call.caller, Action.WRITE_CATALOGUE)
    document = (await read_body(call, StandIn)).document
    other = DeskOfAgency(agency=document.agency, desk=document.desk)
    return _answer(slug, await name_stand_in(call.services.window, call.caller, slug, desk, other))


@router.delete("", **described("End a stand-in", Action.WRITE_CATALOGUE, gives=CatalogueChange, refuses=(404,)))
async def end_stand_in(slug: Agency, desk: DeskName, call: JsonCall) -> Response:
    """End a stand-in. What it has taken over it keeps; further cases wait for their own desk."""
    return _answer(slug, await name_stand_in(call.services.window, call.caller, slug, desk, None))


def _answer(slug: str, position: int | None) -> Response:
    headers = {} if position is None else {"Position-Token": str(position)}
    return json_answer(orjson.dumps({"slug": slug, "version": None}), 200, headers)
