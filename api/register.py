"""The routes of the register: who coordinates, the vocabulary, grants and violations. Everybody reads them."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.answers import public_answer
from api.as_of import AsOf, moment
from api.calls import JsonCall
from api.documentation import FRESHNESS, described
from api.freshness import catch_up, check_absence
from api.paging import DEFAULT_LIMIT, Cursor, Limit, element_of, last_of, paged, pair_of, slug_of
from api.refusals import NothingThereError
from application.access.authorisation import Action, authorise
from domain.values import Element, Slug
from projections.resource_register.queries import MOST
from projections.resource_register.types import Grant, RegisterDocument, RegisteredElement, Violation
from projections.view_type import ViewType, written_as

router = APIRouter(prefix="/v1", tags=["register"])

OfAgency = Annotated[Slug | None, Query(description="Only what this agency has asked for.")]
OfResource = Annotated[Slug | None, Query(description="Only what is about this resource.")]
OfService = Annotated[Slug | None, Query(description="Only what is about this service.")]


class ElementsPage(ViewType):
    """Data elements in the order of their names; `next` is the cursor of the page after this one."""

    items: list[RegisteredElement]
    next: str | None


class GrantsPage(ViewType):
    """Grants in the order of their names; `next` is the cursor of the page after this one."""

    items: list[Grant]
    next: str | None


class ViolationsPage(ViewType):
    """Violations in the order of their services and resources; `next` is the cursor of the page after this one."""

    items: list[Violation]
    next: str | None


class ElementDocument(RegisteredElement):
    """A data element with the services that ask applicants for it: the first hundred (`/v1/services?asks=` has all)."""

    asked_by: list[str]


@router.get(
    "/register", **described("Read the register", Action.READ_CATALOGUE, gives=RegisterDocument, headers=FRESHNESS)
)
async def read_register(call: JsonCall, as_of: AsOf = None) -> Response:
    """Read which agency is the coordinator, since when and by which act, and the rules. A date ends in UTC."""
    authorise(call.caller, Action.READ_CATALOGUE)
    headers = await catch_up(call, "resource_register")
    when = await moment(call, as_of, "resource_register")
    document = await call.services.views.resource_register.register(when.instant, when.position)
    return public_answer(written_as(document), headers)


@router.get(
    "/elements", **described("List the vocabulary", Action.READ_CATALOGUE, gives=ElementsPage, headers=FRESHNESS)
)
async def list_elements(
    call: JsonCall, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT, as_of: AsOf = None
) -> Response:
    """List the data elements, with the resource that holds each. A date in `asOf` ends in UTC."""
    authorise(call.caller, Action.READ_CATALOGUE)
    headers = await catch_up(call, "resource_register")
    when = await moment(call, as_of, "resource_register")
    register = call.services.views.resource_register
    items = await register.elements(position=when.position, after=element_of(cursor) or "", limit=limit)
    body, link = paged(call.request, map(written_as, items), last_of(items, limit, lambda each: each.name))
    return public_answer(body, headers | link)


@router.get(
    "/elements/{name}",
    **described("Read a data element", Action.READ_CATALOGUE, gives=ElementDocument, headers=FRESHNESS, refuses=(404,)),
)
async def read_element(name: Annotated[Element, Path()], call: JsonCall, as_of: AsOf = None) -> Response:
    """Read what an element means, who holds it, who answers it, and who asks applicants for it."""
    authorise(call.caller, Action.READ_CATALOGUE)
    headers = await catch_up(call, "resource_register", "catalogue")
    when = await moment(call, as_of, "resource_register", "catalogue")
    views = call.services.views
    element = await views.resource_register.element(name, when.position)
    if element is None:
        await check_absence(call, "resource_register")
        raise NothingThereError
    asking = await views.catalogue.services(when, asks=name, limit=MOST)
    document = ElementDocument(**dict(element), asked_by=[each.slug for each in asking])
    return public_answer(written_as(document), headers)


@router.get("/grants", **described("List the grants", Action.READ_CATALOGUE, gives=GrantsPage, headers=FRESHNESS))
async def list_grants(
    call: JsonCall,
    agency: OfAgency = None,
    resource: OfResource = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    as_of: AsOf = None,
) -> Response:
    """List on which terms agencies may use what resources hold, also what was refused. A date in `asOf` ends in UTC."""
    authorise(call.caller, Action.READ_CATALOGUE)
    headers = await catch_up(call, "resource_register")
    when = await moment(call, as_of, "resource_register")
    items = await call.services.views.resource_register.grants(
        position=when.position, agency=agency, resource=resource, after=slug_of(cursor) or "", limit=limit
    )
    body, link = paged(call.request, map(written_as, items), last_of(items, limit, lambda each: each.name))
    return public_answer(body, headers | link)


@router.get(
    "/violations",
    **described("List the violations", Action.READ_CATALOGUE, gives=ViolationsPage, headers=FRESHNESS),
)
async def list_violations(
    call: JsonCall,
    service: OfService = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    as_of: AsOf = None,
) -> Response:
    """List the services that ask applicants for what an integrated resource answers. A date in `asOf` ends in UTC."""
    authorise(call.caller, Action.READ_CATALOGUE)
    headers = await catch_up(call, "resource_register", "catalogue")
    when = await moment(call, as_of, "resource_register", "catalogue")
    after = pair_of(cursor) or ("", "")
    items = await call.services.views.violations.page(when, after=after, limit=limit, service=service)
    body, link = paged(
        call.request, map(written_as, items), last_of(items, limit, lambda each: f"{each.service}/{each.resource}")
    )
    return public_answer(body, headers | link)
