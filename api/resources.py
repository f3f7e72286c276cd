"""The routes of resources. Everybody reads them; who decides about resources also sees which are similar."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.answers import json_answer, public_answer
from api.as_of import AsOf, moment
from api.calls import Call, JsonCall
from api.documentation import FRESHNESS, described
from api.freshness import catch_up, check_absence
from api.paging import DEFAULT_LIMIT, Cursor, Limit, last_of, paged, slug_of
from api.refusals import NothingThereError
from application.access.authorisation import Action, NotApprovingBodyError, Scope, authorise
from domain.values import Slug
from projections.as_of import Then
from projections.resource_register.queries import MOST
from projections.resource_register.types import Grant, RegisteredResource, ResourceRecord, SimilarResource
from projections.view_type import ViewType, written_as

router = APIRouter(prefix="/v1/resources", tags=["register"])

Named = Annotated[Slug, Path()]


class ResourcesPage(ViewType):
    """Resources in the order of their names; `next` is the cursor of the page after this one."""

    items: list[RegisteredResource]
    next: str | None


class ResourceDocument(RegisteredResource, ResourceRecord):
    """A resource with all that is on record about it.

    `grants` and `reliedOnBy` (services that need its evidence) have the first hundred each; `/v1/grants?resource=` and
    `/v1/services?reliesOn=` have all.
    """

    grants: list[Grant]
    relied_on_by: list[str]


class SimilarResources(ViewType):
    """Other resources that share an element or have a similar title, the most similar first, at most a hundred."""

    items: list[SimilarResource]


@router.get("", **described("List the resources", Action.READ_CATALOGUE, gives=ResourcesPage, headers=FRESHNESS))
async def list_resources(
    call: JsonCall, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT, as_of: AsOf = None
) -> Response:
    """List the resources, whatever their status. A date in `asOf` ends in UTC."""
    authorise(call.caller, Action.READ_CATALOGUE)
    headers = await catch_up(call, "resource_register")
    when = await moment(call, as_of, "resource_register")
    register = call.services.views.resource_register
    items = await register.resources(position=when.position, after=slug_of(cursor) or "", limit=limit)
    body, link = paged(call.request, map(written_as, items), last_of(items, limit, lambda each: each.slug))
    return public_answer(body, headers | link)


@router.get(
    "/{slug}",
    **described("Read a resource", Action.READ_CATALOGUE, gives=ResourceDocument, headers=FRESHNESS, refuses=(404,)),
)
async def read_resource(slug: Named, call: JsonCall, as_of: AsOf = None) -> Response:
    """Read a resource: what it holds, how it was judged, how it has changed, who may use it and who relies on it."""
    authorise(call.caller, Action.READ_CATALOGUE)
    headers = await catch_up(call, "resource_register", "catalogue")
    when = await moment(call, as_of, "resource_register", "catalogue")
    resource = await call.services.views.resource_register.resource(slug, when.position)
    if resource is None:
        await check_absence(call, "resource_register")
        raise NothingThereError
    return public_answer(written_as(await _document(call, resource, when)), headers)


async def _document(call: Call, resource: RegisteredResource, when: Then) -> ResourceDocument:
    views = call.services.views
    record = await views.resource_register.record(resource, when.position)
    grants = await views.resource_register.grants(position=when.position, resource=resource.slug, limit=MOST)
    relying = await views.catalogue.services(when, relies_on=resource.slug, limit=MOST)
    return ResourceDocument(
        **dict(resource), **dict(record), grants=grants, relied_on_by=[service.slug for service in relying]
    )


@router.get(
    "/{slug}/similar",
    **described(
        "Compare a resource with the others",
        Action.COMPARE_RESOURCES,
        gives=SimilarResources,
        headers=FRESHNESS,
        refuses=(404,),
    ),
)
async def read_similar(slug: Named, call: JsonCall) -> Response:
    """Read which resources share elements with one, which counts, or have a similar title, which is a hint only.

    The coordinator and the approving bodies may read this.
    """
    scope = authorise(call.caller, Action.COMPARE_RESOURCES)
    headers = await catch_up(call, "resource_register")
    register = call.services.views.resource_register
    if scope is not Scope.ALL:
        rules = (await register.register(call.services.window.clock())).rules
        if call.caller.agency not in rules.approving_bodies:
            raise NotApprovingBodyError
    if await register.resource(slug) is None:
        await check_absence(call, "resource_register")
        raise NothingThereError
    return json_answer(written_as(SimilarResources(items=await register.similar(slug))), 200, headers)
