"""The routes of calendars, open to everybody; how they are changed: catalogue_commands.py."""

from datetime import date, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Response

from api.answers import public_answer
from api.as_of import AsOf, moment
from api.calls import JsonCall
from api.documentation import FRESHNESS, described
from api.freshness import catch_up, check_absence
from api.paging import DEFAULT_LIMIT, Cursor, Limit, last_of, number_of, paged, slug_of
from api.refusals import BadRequestError, NothingThereError
from application.access.authorisation import Action, authorise
from domain.values import Slug
from projections.calendars.types import ActOfCalendar, Calendar
from projections.view_type import ViewType, written_as

router = APIRouter(prefix="/v1/calendars", tags=["catalogue"])

MOST_DAYS: Final = 1100
Named = Annotated[Slug, Path()]
FromDay = Annotated[date, Query(alias="from", description="The first day.")]
ToDay = Annotated[date, Query(alias="to", description=f"The last day, at most {MOST_DAYS} days later.")]


class CalendarsPage(ViewType):
    """Calendars in the order of their names; `next` is the cursor of the page after this one."""

    items: list[Calendar]
    next: str | None


class ActsPage(ViewType):
    """Acts in the order in which they became known; `next` is the cursor of the page after this one."""

    items: list[ActOfCalendar]
    next: str | None


class DayOff(ViewType):
    """A day that is no working day, and the number of the act that makes it one; null: it is a weekly day of rest."""

    day: date
    act: int | None


class WorkedDay(ViewType):
    """A weekly day of rest that is a working day, and the number of the act that makes it one."""

    day: date
    act: int | None


class DaysOfCalendar(ViewType):
    """The days of a calendar that are not as its week would have them, and the days off."""

    slug: str
    version: int
    off: list[DayOff]
    worked: list[WorkedDay]


@router.get("", **described("List the calendars", Action.READ_CATALOGUE, gives=CalendarsPage, headers=FRESHNESS))
async def list_calendars(
    call: JsonCall, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT, as_of: AsOf = None
) -> Response:
    """List the calendars by which terms are counted. A date in `asOf` ends in UTC."""
    authorise(call.caller, Action.READ_CATALOGUE)
    headers = await catch_up(call, "calendars")
    when = await moment(call, as_of, "calendars")
    items = await call.services.views.calendars.page(when.position, after=slug_of(cursor) or "", limit=limit)
    body, link = paged(call.request, map(written_as, items), last_of(items, limit, lambda each: each.slug))
    return public_answer(body, headers | link)


@router.get(
    "/{slug}",
    **described("Read a calendar", Action.READ_CATALOGUE, gives=Calendar, headers=FRESHNESS, refuses=(404,)),
)
async def read_calendar(slug: Named, call: JsonCall, as_of: AsOf = None) -> Response:
    """Read of what a calendar is, and how many acts it has or had."""
    authorise(call.caller, Action.READ_CATALOGUE)
    headers = await catch_up(call, "calendars")
    calendar = await _calendar(call, slug, (await moment(call, as_of, "calendars")).position)
    return public_answer(written_as(calendar), headers)


@router.get(
    "/{slug}/acts",
    **described("Read a calendar's acts", Action.READ_CATALOGUE, gives=ActsPage, headers=FRESHNESS, refuses=(404,)),
)
async def read_acts(
    slug: Named, call: JsonCall, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT, as_of: AsOf = None
) -> Response:
    """Read the acts of a calendar, with all that each has put into it."""
    authorise(call.caller, Action.READ_CATALOGUE)
    headers = await catch_up(call, "calendars")
    when = await moment(call, as_of, "calendars")
    await _calendar(call, slug, when.position)
    items = await call.services.views.calendars.acts(slug, when.position, after=number_of(cursor) or 0, limit=limit)
    body, link = paged(call.request, map(written_as, items), last_of(items, limit, lambda each: str(each.number)))
    return public_answer(body, headers | link)


@router.get(
    "/{slug}/days",
    **described(
        "Read a calendar's days off", Action.READ_CATALOGUE, gives=DaysOfCalendar, headers=FRESHNESS, refuses=(404,)
    ),
)
async def read_days(slug: Named, call: JsonCall, first: FromDay, last: ToDay, as_of: AsOf = None) -> Response:
    """Read which days are off between two days, and which days of rest are worked, as it was known."""
    authorise(call.caller, Action.READ_CATALOGUE)
    if not 0 <= (last - first).days <= MOST_DAYS:
        raise BadRequestError("invalid", f"`to` is not before `from`, and at most {MOST_DAYS} days after it", "to")
    headers = await catch_up(call, "calendars")
    version = (await _calendar(call, slug, (await moment(call, as_of, "calendars")).position)).version
    state = (await call.services.window.catalogue.calendar(slug)).state
    if state is None:
        raise NothingThereError
    known = state.known_at(version)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    off = [DayOff(day=day, act=known.because_of(day)) for day in days if not known.is_working(day)]
    worked = [
        WorkedDay(day=day, act=known.because_of(day))
        for day in days
        if known.is_working(day) and known.is_rest_day(day)
    ]
    return public_answer(written_as(DaysOfCalendar(slug=slug, version=version, off=off, worked=worked)), headers)


async def _calendar(call: JsonCall, slug: str, position: int) -> Calendar:
    calendar = await call.services.views.calendars.calendar(slug, position)
    if calendar is None:
        await check_absence(call, "calendars")
        raise NothingThereError
    return calendar
