"""The routes of agencies and services: everybody reads them, the coordinator writes them."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Path, Query, Response

from api.answers import json_answer, page_of, public_answer
from api.bodies import read_body
from api.calls import JsonCall
from api.documentation import FRESHNESS, described
from api.freshness import catch_up, check_absence
from api.paging import DEFAULT_LIMIT, Cursor, Limit, encoded, next_link, slug_of
from api.refusals import BadRequestError, NothingThereError
from application.access.authorisation import Action, authorise
from application.access.callers import Role
from application.catalogue.changes import (
    CatalogueWritten,
    draft_service,
    publish_service,
    register_agency,
    withdraw_service,
)
from application.catalogue.requests import AgencyDescription, AgencyEntry, ServiceDraft
from application.request_document import RequestDocument, VersionNumber
from domain.agency.refusals import AgencyAlreadyRegistered
from domain.agency.state import AgencyState
from domain.values import Slug
from projections.catalogue.types import CatalogueAgency, CatalogueService
from projections.view_type import ViewType, written_as

router = APIRouter(prefix="/v1", tags=["catalogue"])

Named = Annotated[Slug, Path()]
Version = Annotated[VersionNumber, Query()]


class Publication(RequestDocument):
    """Which drafted version of the service is published."""

    version: VersionNumber


class CatalogueChange(ViewType):
    """What was written: a service or agency, and the version of the service."""

    slug: str
    version: int | None


class ServicesPage(ViewType):
    """Published services in the order of their names; `next` is the cursor of the page after this one."""

    items: list[CatalogueService]
    next: str | None


class AgenciesPage(ViewType):
    """Agencies in the order of their names; `next` is the cursor of the page after this one."""

    items: list[CatalogueAgency]
    next: str | None


@router.get("/services", **described("List the services", Action.READ_CATALOGUE, gives=ServicesPage, headers=FRESHNESS))
async def list_services(
    call: JsonCall, agency: Slug | None = None, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT
) -> Response:
    """List the services that can be asked for."""
    authorise(call.caller, Action.READ_CATALOGUE)
    headers = await catch_up(call, "catalogue")
    catalogue = call.services.views.catalogue
    items = await catalogue.services(after=slug_of(cursor) or "", limit=limit, agency=agency)
    following = encoded(items[-1].slug) if len(items) == limit else None
    if following:
        headers |= next_link(call.request, {"cursor": following})
    return public_answer(page_of(map(written_as, items), following), headers)


@router.get(
    "/services/{slug}",
    **described("Read a service", Action.READ_CATALOGUE, gives=CatalogueService, headers=FRESHNESS, refuses=(404,)),
)
async def read_service(slug: Named, call: JsonCall, version: Version | None = None) -> Response:
    """Read the published version of a service, or another one; drafts are shown to the coordinator only."""
    authorise(call.caller, Action.READ_CATALOGUE)
    headers = await catch_up(call, "catalogue")
    service = await call.services.views.catalogue.service(slug, version)
    if service is None:
        await check_absence(call, "catalogue")
    if service is None or (service.status == "draft" and call.caller.role is not Role.COORDINATOR):
        raise NothingThereError
    return public_answer(written_as(service), headers)


@router.get("/agencies", **described("List the agencies", Action.READ_CATALOGUE, gives=AgenciesPage, headers=FRESHNESS))
async def list_agencies(call: JsonCall, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT) -> Response:
    """List the agencies with their desks."""
    authorise(call.caller, Action.READ_CATALOGUE)
    headers = await catch_up(call, "catalogue")
    items = await call.services.views.catalogue.agencies(after=slug_of(cursor) or "", limit=limit)
    following = encoded(items[-1].slug) if len(items) == limit else None
    if following:
        headers |= next_link(call.request, {"cursor": following})
    return public_answer(page_of(map(written_as, items), following), headers)


@router.put(
    "/agencies/{slug}",
    **described(
        "Register an agency",
        Action.WRITE_CATALOGUE,
        gives=CatalogueChange,
        takes=AgencyDescription,
        also={201: "The agency is new."},
    ),
)
async def put_agency(slug: Named, call: JsonCall) -> Response:
    """Register an agency; the same description again changes nothing, another one is refused."""
    authorise(call.caller, Action.WRITE_CATALOGUE)
    described_so, _ = await read_body(call.request, AgencyDescription)
    if described_so.slug not in {None, slug}:
        raise BadRequestError("slug-is-the-address", "The body names another agency than the address.", "slug")
    entry = AgencyEntry(slug=slug, **described_so.model_dump(exclude={"slug"}))
    try:
        written = await register_agency(call.services.window, call.caller, entry)
    except AgencyAlreadyRegistered:
        state = (await call.services.window.catalogue.agency(slug)).state
        if state != AgencyState(**entry.model_dump()):
            raise
        return json_answer(orjson.dumps({"slug": slug, "version": None}))
    return _changed(written, 201, f"/v1/agencies/{slug}")


@router.post(
    "/services",
    **described(
        "Draft a version of a service", Action.WRITE_CATALOGUE, status=201, gives=CatalogueChange, takes=ServiceDraft
    ),
)
async def draft(call: JsonCall) -> Response:
    """Draft a new version of a service; nobody can ask for it before it is published."""
    authorise(call.caller, Action.WRITE_CATALOGUE)
    request, _ = await read_body(call.request, ServiceDraft)
    written = await draft_service(call.services.window, call.caller, request)
    return _changed(written, 201, f"/v1/services/{written.slug}?version={written.service_version}")


@router.post(
    "/services/{slug}/publication",
    **described(
        "Publish a drafted version",
        Action.WRITE_CATALOGUE,
        gives=CatalogueChange,
        takes=Publication,
        refuses=(404,),
    ),
)
async def publish(slug: Named, call: JsonCall) -> Response:
    """Publish a drafted version; the one that was published is superseded."""
    authorise(call.caller, Action.WRITE_CATALOGUE)
    publication, _ = await read_body(call.request, Publication)
    return _changed(await publish_service(call.services.window, call.caller, slug, publication.version))


@router.post(
    "/services/{slug}/withdrawal",
    **described("Withdraw a service", Action.WRITE_CATALOGUE, gives=CatalogueChange, refuses=(404, 409)),
)
async def withdraw(slug: Named, call: JsonCall) -> Response:
    """Take a service out of the window; open cases go on."""
    authorise(call.caller, Action.WRITE_CATALOGUE)
    return _changed(await withdraw_service(call.services.window, call.caller, slug))


def _changed(written: CatalogueWritten, status: int = 200, location: str | None = None) -> Response:
    headers = {"Position-Token": str(written.position)}
    if location is not None:
        headers["Location"] = location
    return json_answer(orjson.dumps({"slug": written.slug, "version": written.service_version}), status, headers)
