"""Finds the cases whose last day a new act of the law may have moved, calendar by calendar, and keeps how far it is."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from application.identity import calendar_stream
from application.window import Window
from consumers.progress import Progress
from domain.calendar.state import KnownCalendar
from domain.calendar.values import Entries
from domain.case.state import CaseState
from domain.service.definition import ServiceDefinition
from ledger.channels.reactions import ReactionPositions
from projections.deadlines.clock_queries import LAST, Place
from projections.views import Views
from reactions.terms import TERM_MOVED, CountedBy

_AT_ONCE: Final = 100
_CAUGHT_UP_WITHIN: Final = 30.0  # seconds; a view that is further behind is looked at as it is


class _Changed(NamedTuple):
    """A calendar with acts that cases do not know yet, and the first day of which they say something."""

    slug: str
    version: int
    from_day: date


class _Cursor(NamedTuple):
    """How many calendars are done, and before which case the next page of the next one ends."""

    done: int = 0
    before: Place = LAST


class CasesMoved:
    """Finds, page by page, open cases whose calendar has new acts: those with the latest last day first.

    Most acts move last days on, so that hardly a case is met again after it was moved. A case whose last day is before
    all the days of which the acts speak is left out: they cannot move it. What is kept is the version of each calendar
    up to which all cases were counted; after a crash the cases of it are counted once more, which changes nothing where
    it was done.
    """

    def __init__(self, window: Window, views: Views) -> None:
        self._window, self._views = window, views
        self._changed: list[_Changed] = []
        self._progress = Progress()
        self._known: dict[str | None, asyncio.Task[KnownCalendar]] = {}

    async def begin(self, positions: ReactionPositions) -> None:
        """Find the calendars that have new acts."""
        slugs = sorted({kind.calendar for kind in await self._views.clock.kinds() if kind.calendar})
        kept = await positions.read([_name(slug) for slug in slugs])
        self._changed = []
        for slug in slugs:
            state = (await self._window.catalogue.calendar(slug)).state
            done = max(1, kept[_name(slug)])
            if state is not None and state.version > done:
                first = min(first_day_of(each.entries) for each in state.acts[done:])
                self._changed.append(_Changed(slug, state.version, first))
        self._progress = Progress()
        if self._changed:
            head = await self._window.ledger.head()
            await self._views.positions.wait_for_views({"deadlines"}, head, _CAUGHT_UP_WITHIN)

    async def pages(self, cursor: _Cursor | None) -> tuple[Sequence[UUID], _Cursor | None]:
        """Return the next cases, and the cursor after them."""
        self._known = {}
        done, before = cursor or _Cursor()
        for number in range(done, len(self._changed)):
            slug, _, from_day = self._changed[number]
            page = await self._views.clock.counted_by(slug, from_day, before, _AT_ONCE)
            if page:
                latest = date.fromordinal(page[0][0])
                self._progress.meets(len(page), slug, from_day, latest, asyncio.get_running_loop().time())
                return [case_id for _, case_id in page], _Cursor(number, page[-1])
            before = LAST
        return [], None

    async def end(self, positions: ReactionPositions) -> None:
        """Keep that every case of these calendars was counted."""
        for changed in self._changed:
            await positions.keep(_name(changed.slug), changed.version)
        self._progress.ends()

    async def pinned(self, case: CaseState) -> CountedBy:
        """Return by what a case's last day is counted now; the calendar is read once for a page.

        It is read after all cases of the page: none of them knows an act that the calendar does not have yet.
        """
        name = case.clock.calendar
        if name not in self._known:
            reading = self._window.catalogue.known_calendar(name)
            self._known[name] = asyncio.get_running_loop().create_task(reading)
        service = await self._window.catalogue.definition(case.service, case.service_version)
        return _by(service, await self._known[name], name)


async def counted_by(window: Window, case: CaseState) -> CountedBy:
    """Return by what a case's last day is counted now."""
    service = await window.catalogue.definition(case.service, case.service_version)
    name = case.clock.calendar
    return _by(service, await window.catalogue.known_calendar(name), name)


def _by(service: ServiceDefinition, known: KnownCalendar, name: str | None) -> CountedBy:
    return CountedBy(service, known, None if name is None else calendar_stream(name))


def first_day_of(entries: Entries) -> date:
    """Return the first day of which an act says something; what it says of every year, it says from a day on."""
    days: Iterable[date] = (named.day for named in entries.days)
    is_general = entries.every_year or entries.ends or entries.rest_days is not None or entries.counting is not None
    # Rules of counting hold for terms that begin on a day or later; those end on it at the earliest.
    return min([*days, *([entries.from_day] if is_general else [])], default=date.max)


def _name(slug: str) -> str:
    return f"{TERM_MOVED.name}/{slug}"
