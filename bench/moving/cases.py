"""A ledger with open cases whose terms a calendar counts: catalogue by the usual commands, cases as events."""

import asyncio
import os
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import cycle, islice
from typing import Final

from application.catalogue.calendar_requests import ActEntry, CalendarNaming, CalendarOpening
from application.catalogue.changes import change_catalogue
from application.identity import new_id
from application.window import Window
from bench.filler.templates import BY_APPLICANT, CaseTemplates, Template, cut, submission_of
from bench.lives import SERVICE
from bench.people import COORDINATOR, open_for_business
from cli.demo_catalogue import SERVICES
from domain.calendar.state import KnownCalendar
from domain.calendar.values import Entries, LegalAct, NamedDay
from domain.case.deadlines import local_date
from domain.case.reference import reference_of
from domain.clock.reckoning import last_day_after
from domain.service.definition import ServiceDefinition
from domain.values import Term, rfc3339
from ledger.store.entries import NewEvent
from ledger.vault.person_key import random_ref
from tests.calendars.azerbaijan import calendar

CALENDAR: Final = "az"
_ZONE: Final = "Asia/Baku"
_BEGUN_WITHIN: Final = 5  # days: each day has its cases, and none of their terms is over
_AT_ONCE, _IN_AN_APPEND = 8, 100
_ONE_DAY: Final = timedelta(days=1)


async def open_the_calendar(window: Window) -> None:
    """Publish the catalogue of the demonstration; the terms of one of its services are counted by a calendar."""
    await open_for_business(window)
    first, *others = calendar().acts
    opening = CalendarOpening(
        slug=CALENDAR, jurisdiction="az", working_week="five_days", act=first.act, entries=first.entries
    )
    await change_catalogue(window, COORDINATOR, opening)
    for act, entries in others:
        await change_catalogue(window, COORDINATOR, ActEntry(act=act, entries=entries), CALENDAR)
    await change_catalogue(window, COORDINATOR, CalendarNaming(calendar=CALENDAR), _service().agency)


async def append_cases(window: Window, number: int) -> None:
    """Append open cases: submitted, assigned, and one step."""
    known = await window.catalogue.known_calendar(CALENDAR)
    cases = _cases(number, known, window.clock())
    while requests := list(islice(_requests(cases), _AT_ONCE)):
        await asyncio.gather(*(window.ledger.append(events, uniqueness_only=True) for events in requests))


def next_working_day(known: KnownCalendar, now: datetime) -> date:
    """Return the next day that counts in every open term: tomorrow, if it is worked."""
    return last_day_after(local_date(now, _ZONE), Term(days=1, kind="working"), known)


def act_of(day: date, number: int) -> ActEntry:
    """Return an act that makes of one day a day off."""
    act = LegalAct(title={"en": "One more day off"}, number=str(number), published_on=day - _ONE_DAY)
    named = NamedDay(day=day, effect="off", why="other")
    return ActEntry(act=act, entries=Entries(days=(named,), from_day=day))


def _service() -> ServiceDefinition:
    return next(service for service in SERVICES if service.slug == SERVICE)


def _requests(cases: Iterator[list[NewEvent]]) -> Iterator[list[NewEvent]]:
    while events := [event for case in islice(cases, _IN_AN_APPEND) for event in case]:
        yield events


def _cases(number: int, known: KnownCalendar, now: datetime) -> Iterator[list[NewEvent]]:
    service = _service()
    if service.term is None:
        raise ValueError("the terms of this service are to be moved, and it has none")
    templates = CaseTemplates(service)
    pinned = {"calendar": CALENDAR, "calendar_version": known.version}
    submitted = cut(submission_of(service).model_copy(update=pinned), BY_APPLICANT, service.agency)
    life = (submitted, templates.assigned, templates.steps[templates.followers[""][0]][0])
    today = local_date(now, _ZONE)
    days = [today - each * _ONE_DAY for each in range(_BEGUN_WITHIN)]
    spans = [(began, last_day_after(began, service.term, known)) for began in days]
    for _, (began, last) in zip(range(number), cycle(spans), strict=False):
        yield _case(life, began, last, now)


def _case(life: Sequence[Template], began: date, last: date, now: datetime) -> list[NewEvent]:
    case_id = new_id(now)
    holes = {
        b"case": str(case_id).encode(),
        b"applicant": str(random_ref()).encode(),
        b"official": str(random_ref()).encode(),
        b"reference": reference_of(case_id).encode(),
        b"began": began.isoformat().encode(),
        b"last_day": last.isoformat().encode(),
        b"number": b"4",
        b"at": rfc3339(now).encode(),
        b"today": local_date(now, _ZONE).isoformat().encode(),
    }
    return [
        NewEvent(case_id, version, each.topic.decode(), *each.filled(holes), os.urandom(32))
        for version, each in enumerate(life, start=1)
    ]
