"""The routes of agencies and services: everybody reads them. How they are changed: catalogue_commands.py."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.answers import public_answer
from api.as_of import AsOf, moment
from api.calls import JsonCall
from api.documentation import FRESHNESS, described
from api.freshness import catch_up, check_absence
from api.paging import DEFAULT_LIMIT, Cursor, Limit, last_of, paged, slug_of
from api.refusals import NothingThereError
from application.access.authorisation import Action, authorise
from application.access.callers import Role
from application.request_document import VersionNumber
from domain.values import Element, Slug
from projections.catalogue.types import CatalogueAgency, CatalogueService
from projections.view_type import ViewType, written_as

router = APIRouter(prefix="/v1", tags=["catalogue"])

Named = Annotated[Slug, Path()]
Version = Annotated[VersionNumber, Query()]
Asked = Annotated[Element | None, Query(description="Only services that ask applicants for this data element.")]
ReliedOn = Annotated[
    Slug | None, Query(alias="reliesOn", description="Only services that need evidence from this resource.")
]


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
    call: JsonCall,
    agency: Slug | None = None,
    asks: Asked = None,
    relies_on: ReliedOn = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    as_of: AsOf = None,
) -> Response:
    """List the services that can be asked for: all, or those that ask for an element or rely on a resource.

    Of several wishes all are met. A date in `asOf` ends in UTC.
    """
    authorise(call.caller, Action.READ_CATALOGUE)
    headers = await catch_up(call, "catalogue")
    when, after = await moment(call, as_of, "catalogue"), slug_of(cursor) or ""
    catalogue = call.services.views.catalogue
    items = await catalogue.services(when, after=after, limit=limit, agency=agency, asks=asks, relies_on=relies_on)
    body, link = paged(call.request, map(written_as, items), last_of(items, limit, lambda each: each.slug))
    return public_answer(body, headers | link)


@router.get(
    "/services/{slug}",
    **described("Read a service", Action.READ_CATALOGUE, gives=CatalogueService, headers=FRESHNESS, refuses=(404,)),
)
async def read_service(slug: Named, call: JsonCall, version: Version | None = None, as_of: AsOf = None) -> Response:
    """Read the version of a service that can be asked for, or another one; only the coordinator sees drafts."""
    authorise(call.caller, Action.READ_CATALOGUE)
    headers = await catch_up(call, "catalogue")
    catalogue = call.services.views.catalogue
    owner = await catalogue.owner(slug) if as_of is not None else None
    agency = await catalogue.agency(owner) if owner is not None else None
    when = await moment(call, as_of, "catalogue", zone=agency.time_zone if agency else "UTC")
    service = await catalogue.service(slug, when, version)
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
    body, link = paged(call.request, map(written_as, items), last_of(items, limit, lambda each: each.slug))
    return public_answer(body, headers | link)
