"""The routes that change the catalogue, one for each row of the table of commands."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Response

from api.answers import json_answer
from api.bodies import read_body
from api.calls import JsonCall
from api.documentation import described
from api.refusals import BadRequestError
from application.access.authorisation import authorise
from application.catalogue.changes import CATALOGUE_COMMANDS, CatalogueWritten, change_catalogue
from application.catalogue.commands import CatalogueCommand
from domain.values import Element, Slug
from projections.view_type import ViewType

router = APIRouter(prefix="/v1", tags=["catalogue"])


class CatalogueChange(ViewType):
    """What was changed, by its name, and the version of a service that was written."""

    slug: str
    version: int | None


def _serving(command: CatalogueCommand) -> Callable[..., Awaitable[Response]]:
    async def serve_named(slug: Annotated[Slug, Path()], call: JsonCall) -> Response:
        return await _carried_out(command, call, slug)

    async def serve_element(element: Annotated[Element, Path()], call: JsonCall) -> Response:
        return await _carried_out(command, call, element)

    async def serve(call: JsonCall) -> Response:
        return await _carried_out(command, call)

    serving: Callable[..., Awaitable[Response]] = serve
    if "{" in command.path:
        serving = serve_named if "{slug}" in command.path else serve_element
    serving.__name__ = command.name
    serving.__doc__ = f"{command.summary}. {command.promise}"
    return serving


async def _carried_out(command: CatalogueCommand, call: JsonCall, name: str | None = None) -> Response:
    authorise(call.caller, command.action)
    document = (await read_body(call, command.takes)).document
    if name is not None and getattr(document, "slug", None) not in {None, name}:
        raise BadRequestError("slug-is-the-address", "The body names another agency than the address.", "slug")
    described = getattr(document, "description", None)
    if name is not None and described is not None and described.slug != name:
        says = "The body describes another resource than the address names."
        raise BadRequestError("slug-is-the-address", says, "description.slug")
    services = call.services
    return _answer(command, await change_catalogue(services.window, call.caller, document, name, services.egress))


def _answer(command: CatalogueCommand, written: CatalogueWritten) -> Response:
    body = orjson.dumps({"slug": written.name, "version": written.service_version})
    if written.position is None:
        return json_answer(body)
    headers = {"Position-Token": str(written.position)}
    if not command.creates:
        return json_answer(body, 200, headers)
    address = command.path.removesuffix("/{slug}")
    version = "" if written.service_version is None else f"?version={written.service_version}"
    return json_answer(body, 201, headers | {"Location": f"/v1{address}/{written.name}{version}"})


def _described(command: CatalogueCommand) -> dict[str, Any]:
    # What is put at its own address may be there already, as it is described.
    may_exist = command.creates and "{slug}" in command.path
    return described(
        command.summary,
        command.action,
        gives=CatalogueChange,
        takes=command.takes,
        status=201 if command.creates and not may_exist else 200,
        also={201: "It is new."} if may_exist else None,
        refuses=() if command.creates else (404,),
    )


for _command in CATALOGUE_COMMANDS:
    router.add_api_route(_command.path, _serving(_command), methods=[_command.method], **_described(_command))
