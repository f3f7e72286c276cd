"""How services do: counts, for everybody."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.answers import page_of, public_answer, written_as
from api.asking import Asked
from api.documentation import FRESHNESS, described
from api.freshness import catch_up
from api.paging import DEFAULT_LIMIT, MOST, decoded, encoded, next_link
from api.refusals import NothingThereError
from application.authorisation import Action, authorise
from domain.values import Slug
from projections.service_performance.types import ServicePerformance
from projections.view_type import ViewType

router = APIRouter(prefix="/v1/evaluation/services", tags=["evaluation"])


class PerformancePage(ViewType):
    """The counts of services, in the order of their names; `next` is the cursor of the page after this one."""

    items: list[ServicePerformance]
    next: str | None


@router.get("", **described("Evaluate all services", Action.READ_EVALUATION, gives=PerformancePage, headers=FRESHNESS))
async def evaluate_all(
    asked: Asked, cursor: str | None = None, limit: Annotated[int, Query(ge=1, le=MOST)] = DEFAULT_LIMIT
) -> Response:
    """Count each service's cases: those submitted, open, closed, closed late, open and overdue."""
    authorise(asked.caller, Action.READ_EVALUATION)
    headers = await catch_up(asked)
    services = asked.services
    now = services.window.clock()
    items = await services.views.service_performance.page(now, after=decoded(cursor) or "", limit=limit)
    following = encoded(items[-1].service) if len(items) == limit else None
    if following:
        headers |= next_link(asked.request, {"cursor": following})
    return public_answer(page_of(map(written_as, items), following), headers)


@router.get(
    "/{slug}",
    **described(
        "Evaluate a service", Action.READ_EVALUATION, gives=ServicePerformance, headers=FRESHNESS, refuses=(404,)
    ),
)
async def evaluate(slug: Annotated[Slug, Path()], asked: Asked) -> Response:
    """Count a service's cases: those submitted, open, closed, closed late, open and overdue."""
    authorise(asked.caller, Action.READ_EVALUATION)
    headers = await catch_up(asked)
    services = asked.services
    performance = await services.views.service_performance.performance(slug, services.window.clock())
    if performance.submitted == 0 and not await services.views.catalogue.versions(slug):
        raise NothingThereError
    return public_answer(written_as(performance), headers)
