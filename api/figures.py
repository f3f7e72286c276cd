"""The routes of the figures: by service or agency and month, as JSON or CSV, and the catalogue that explains them."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response

from api.answers import public_answer
from api.as_of import AsOf
from api.calls import CSV, JsonCall, TableCall
from api.csv_text import csv_answer
from api.documentation import FRESHNESS, described
from api.freshness import catch_up, reach
from api.paging import DEFAULT_LIMIT, Cursor, Limit, last_of, link_after, paged, slug_of
from application.access.authorisation import Action, authorise
from domain.evaluation.catalogue import CATALOGUE
from domain.evaluation.indicator import IndicatorCatalogue
from projections.as_of import then
from projections.figures.types import MonthlyFigures, Per
from projections.view_type import ViewType, written_as

router = APIRouter(prefix="/v1/evaluation", tags=["evaluation"])

# No year 0000: no calendar of ours has it.
MONTH: Final = r"^(?:[0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)-(?:0[1-9]|1[0-2])$"
"""A month as a query names it."""

Month = Annotated[str, Query(pattern=MONTH, description="A month of local dates: 2026-11.")]
Whose = Annotated[Per, Query(description="Whose figures: each service's, or each agency's, of all its services.")]


class FiguresPage(ViewType):
    """The figures of services or agencies in a month, in the order of their names; `next` is the next page's cursor."""

    items: list[MonthlyFigures]
    next: str | None


def _described_figures() -> dict[str, Any]:
    told = described("Read figures", Action.READ_EVALUATION, gives=FiguresPage, headers=FRESHNESS)
    told["responses"][200]["content"] = {CSV: {"schema": {"type": "string"}}}
    return told


@router.get("/indicators", **described("Read the indicators", Action.READ_EVALUATION, gives=IndicatorCatalogue))
async def read_indicators(call: JsonCall) -> Response:
    """Answer every indicator with its formula, and the formula of the stars."""
    authorise(call.caller, Action.READ_EVALUATION)
    return public_answer(CATALOGUE.model_dump_json(by_alias=True).encode())


@router.get("/figures", **_described_figures())
async def read_figures(
    asked: TableCall,
    per: Whose,
    month: Month,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    as_of: AsOf = None,
) -> Response:
    """Answer every indicator's figure and the stars, of each service or agency in a month, as JSON or as CSV.

    A date as `asOf` is a day in UTC, since several agencies are answered about.
    """
    call, form = asked
    authorise(call.caller, Action.READ_EVALUATION)
    headers = await catch_up(call, "figures")
    position = None
    if as_of is not None:
        position = (await then(as_of, call.services.window.ledger, "UTC")).position
        await reach(call, ["figures"], position)
    items = await call.services.views.figures.page(
        per, month, position=position, after=slug_of(cursor) or "", limit=limit
    )
    last = last_of(items, limit, lambda each: each.name)
    if form == CSV:
        return csv_answer(_table(per, items), f"figures-{per}-{month}.csv", headers | link_after(call.request, last))
    body, link = paged(call.request, map(written_as, items), last)
    return public_answer(body, {"Vary": "Accept", **headers, **link})


def _table(per: Per, items: Sequence[MonthlyFigures]) -> Iterator[Sequence[str]]:
    indicators = [each.id for each in CATALOGUE.indicators]
    criteria = [f"stars_{each.id}" for each in CATALOGUE.stars.criteria]
    yield [per, "month", *indicators, "stars", *criteria, "catalogue", "star_formula"]
    for item in items:
        figures = [figure.value or figure.why or "" for figure in item.figures]
        stars = [item.stars.overall, *(each.stars for each in item.stars.criteria)]
        shown = [each or "not measured" for each in stars]
        yield [item.name, item.month, *figures, *shown, str(item.catalogue), str(item.stars.formula)]
