"""Finds the cases at which the clock must look: those that a view says may be due, or whose calendar has a new act."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfoNotFoundError

from application.window import Window
from domain.calendar.state import KnownCalendar
from domain.case.deadlines import local_date
from domain.case.state import CaseState
from domain.clock.reckoning import last_day_after
from domain.service.definition import Timing
from domain.values import Term
from projections.deadlines.clock_queries import FIRST, ClockBounds, Place
from projections.views import Views
from reactions.clock import ByTheClock

_AT_ONCE: Final = 100
_CAUGHT_UP_WITHIN: Final = 30.0  # seconds; a view that is further behind is looked at as it is
_ONE_DAY: Final = timedelta(days=1)
_Question: TypeAlias = Callable[[Place, int], Awaitable[Sequence[Place]]]
_FURTHEST_EAST: Final = timedelta(hours=14)  # no calendar on any wall is further ahead of UTC


class _Cursor(NamedTuple):
    """How many questions are answered already, and after which case the next page of the next one begins."""

    answered: int = 0
    after: Place = FIRST


class CasesDue:
    """Finds, page by page, cases of which the clock may have something to say."""

    def __init__(self, window: Window, views: Views) -> None:
        self._window, self._views = window, views
        self._questions: Sequence[_Question] = ()

    async def pages(self, cursor: _Cursor | None) -> tuple[Sequence[UUID], _Cursor | None]:
        """Return the next cases, and the cursor after them."""
        if cursor is None:
            cursor, self._questions = _Cursor(), await self._asked()
        after = cursor.after
        for number in range(cursor.answered, len(self._questions)):
            page = await self._questions[number](after, _AT_ONCE)
            if page:
                return [case_id for _, case_id in page], _Cursor(number, page[-1])
            after = FIRST
        return [], None

    async def pinned(self, case: CaseState) -> ByTheClock:
        """Return what the clock needs to know beside a case.

        The ledger's end is read before the calendar: whatever act stands before it is among those that are known.
        """
        looked_up_to = await self._window.ledger.head()
        service = await self._window.catalogue.definition(case.service, case.service_version)
        calendar = await self._window.catalogue.known_calendar(case.clock.calendar)
        return ByTheClock(service, calendar, looked_up_to)

    async def _asked(self) -> Sequence[_Question]:
        """Return the questions of this look, in the order of the law: what lapses first, and then what is due."""
        head = await self._window.ledger.head()
        await self._views.positions.wait_for_views({"deadlines"}, head, _CAUGHT_UP_WITHIN)
        clock, now = self._views.clock, self._window.clock()
        questions: list[_Question] = []
        for kind in await clock.kinds():
            definition = await self._window.catalogue.definition(kind.service, kind.service_version)
            calendar = await self._window.catalogue.known_calendar(kind.calendar or None)
            bounds = _bounds(definition.timing, calendar, _today(now, kind.time_zone))
            questions += [partial(clock.unanswered, kind, bounds), partial(clock.due, kind, bounds)]
        return [*questions, partial(clock.unpublished, (now + _FURTHEST_EAST).date())]


def _today(now: datetime, time_zone: str) -> date:
    """Return the local date; where this machine does not know the zone, the latest one that it can be."""
    try:
        return local_date(now, time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return (now + _FURTHEST_EAST).date()


def _bounds(timing: Timing, calendar: KnownCalendar, today: date) -> ClockBounds:
    answers, warned, escalated = timing.answers_within, timing.warned_before, timing.escalated_after
    return ClockBounds(
        today,
        asked_until=None if answers is None else _latest_begun(answers, calendar, today),
        near_until=None if warned is None else last_day_after(today, warned, calendar),
        escalated_every=None if escalated is None else escalated.days,
    )


def _latest_begun(term: Term, calendar: KnownCalendar, today: date) -> date:
    """Return the latest day on which a term can have begun that is over today."""
    day = today - timedelta(days=term.days)
    while last_day_after(day, term, calendar) >= today:
        day -= _ONE_DAY
    return day
