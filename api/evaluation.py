"""The routes of the evaluation: counts for each service, open to everybody."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.answers import public_answer
from api.as_of import AsOf, moment
from api.calls import JsonCall
from api.documentation import FRESHNESS, described
from api.freshness import catch_up, check_absence
from api.paging import DEFAULT_LIMIT, Cursor, Limit, last_of, paged, slug_of
from api.refusals import NothingThereError
from application.access.authorisation import Action, authorise
from domain.values import Slug
from projections.service_performance.types import ServicePerformance
from projections.view_type import ViewType, written_as

router = APIRouter(prefix="/v1/evaluation/services", tags=["evaluation"])


class PerformancePage(ViewType):
    """The counts of services, in the order of their names; `next` is the cursor of the page after this one."""

    items: list[ServicePerformance]
    next: str | None


@router.get("", **described("Evaluate all services", Action.READ_EVALUATION, gives=PerformancePage, headers=FRESHNESS))
async def evaluate_all(
    call: JsonCall,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    as_of: AsOf = None,
) -> Response:
    """Count each service's cases: those submitted, open, closed, closed late, open and overdue."""
    authorise(call.caller, Action.READ_EVALUATION)
    headers = await catch_up(call, "service_performance")
    view, after = call.services.views.service_performance, slug_of(cursor) or ""
    if as_of is None:
        items = await view.page(call.services.window.clock(), after=after, limit=limit)
    else:
        items = await view.page_then(*await moment(call, as_of, "service_performance"), after=after, limit=limit)
    body, link = paged(call.request, map(written_as, items), last_of(items, limit, lambda each: each.service))
    return public_answer(body, headers | link)


@router.get(
    "/{slug}",
    **described(
        "Evaluate a service", Action.READ_EVALUATION, gives=ServicePerformance, headers=FRESHNESS, refuses=(404,)
    ),
)
async def evaluate(slug: Annotated[Slug, Path()], call: JsonCall, as_of: AsOf = None) -> Response:
    """Count a service's cases: those submitted, open, closed, closed late, open and overdue."""
    authorise(call.caller, Action.READ_EVALUATION)
    headers = await catch_up(call, "service_performance", "catalogue")
    views = call.services.views
    owner = await views.catalogue.owner(slug)
    if as_of is None:
        performance = await views.service_performance.performance(slug, call.services.window.clock())
    else:
        agency = await views.catalogue.agency(owner) if owner else None
        zone = agency.time_zone if agency else "UTC"
        when = await moment(call, as_of, "service_performance", zone=zone)
        performance = await views.service_performance.performance_then(slug, *when)
    if performance.submitted == 0 and owner is None:
        await check_absence(call, "service_performance", "catalogue")
        raise NothingThereError
    return public_answer(written_as(performance), headers)
