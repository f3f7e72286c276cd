"""The route of once only: what applicants are spared, and what they are asked all the same, as JSON or CSV."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from api.answers import public_answer
from api.as_of import AsOf
from api.calls import CSV, TableCall
from api.csv_text import csv_answer
from api.documentation import FRESHNESS, described
from api.figures import MONTH
from api.freshness import catch_up, reach
from api.paging import DEFAULT_LIMIT, Cursor, Limit, link_after, paged, slug_of
from api.refusals import BadRequestError
from application.access.authorisation import Action, authorise
from domain.values import Slug
from projections.as_of import then
from projections.once_only.queries import Wanted
from projections.once_only.shown import shown
from projections.once_only.types import OnceOnlyCounts, Per
from projections.view_type import ViewType, written_as

router = APIRouter(prefix="/v1/once-only", tags=["evaluation"])

By = Annotated[Per, Query(description="What the counts are divided by.")]
OfMonth = Annotated[
    str | None,
    Query(pattern=MONTH, description="Only cases of this month: that of the local date on which their term began."),
]
OfService = Annotated[Slug | None, Query(description="Only cases of this service.")]
OfAgency = Annotated[Slug | None, Query(description="Only cases of this agency.")]
OfResource = Annotated[Slug | None, Query(description="Only what is about this resource.")]


async def _wanted(
    per: By, month: OfMonth = None, service: OfService = None, agency: OfAgency = None, resource: OfResource = None
) -> Wanted:
    if per != "month" and month is None:
        raise BadRequestError("month-is-named", f"Counts by {per} are those of one month: name it.", "month")
    return Wanted(per, month, service, agency, resource)


Divided = Annotated[Wanted, Depends(_wanted)]


class OnceOnlyDocument(ViewType):
    """Counts in the order of their names; `next` is the cursor of the page after this one.

    A page may have fewer items than asked for, or none, and be followed by another one.
    """

    items: list[OnceOnlyCounts]
    next: str | None


def _described() -> dict[str, Any]:
    told = described("Count once only", Action.READ_EVALUATION, gives=OnceOnlyDocument, headers=FRESHNESS)
    told["responses"][200]["content"] = {CSV: {"schema": {"type": "string"}}}
    return told


@router.get("", **_described())
async def read_once_only(
    asked: TableCall, wanted: Divided, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT, as_of: AsOf = None
) -> Response:
    """Count what applicants were not asked for, what they were though it is held, and how resources answer.

    Counts by service, agency or resource are those of one month. Of several wishes all are met. A date as `asOf` is a
    day in UTC, since several agencies are answered about.
    """
    call, form = asked
    authorise(call.caller, Action.READ_EVALUATION)
    headers = await catch_up(call, "once_only")
    position = None
    if as_of is not None:
        position = (await then(as_of, call.services.window.ledger, "UTC")).position
        await reach(call, ["once_only"], position)
    # A month has the form of a name too.
    page = await call.services.views.once_only.page(wanted, position=position, after=slug_of(cursor) or "", limit=limit)
    if form == CSV:
        link = link_after(call.request, page.last)
        return csv_answer(_table(wanted.per, page.items), f"once-only-{wanted.per}.csv", headers | link)
    body, link = paged(call.request, map(written_as, page.items), page.last)
    return public_answer(body, {"Vary": "Accept", **headers, **link})


def _table(per: Per, items: Sequence[OnceOnlyCounts]) -> Iterator[Sequence[str]]:
    """Return a row for each item; a group's members are columns whose names begin with the group's."""
    yield [per, *(name for name, _ in _cells(shown(per, {}, 0)))]
    for item in items:
        yield [item.name, *(cell for _, cell in _cells(item))]


def _cells(item: OnceOnlyCounts) -> Iterator[tuple[str, str]]:
    """Return the name and the text of each cell; what is withheld is empty, and the group's `why` says why."""
    for group, value in item.model_dump(exclude={"name"}).items():
        members: Mapping[str, Any] = value if isinstance(value, dict) else {"": value}
        for member, said in members.items():
            text = " ".join(map(str, said)) if isinstance(said, tuple) else "" if said is None else str(said)
            yield (f"{group}_{member}" if member else group), text
