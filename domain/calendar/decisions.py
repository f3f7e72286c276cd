"""Decides a calendar's commands."""

from collections.abc import Sequence
from datetime import MAXYEAR, date
from typing import Final

from domain.calendar.commands import Command, EnterAct, OpenCalendar
from domain.calendar.events import ActEntered, CalendarOpened
from domain.calendar.refusals import (
    ActEntersNothing,
    ActNotOfThisCalendar,
    CalendarAlreadyOpened,
    CalendarIncomplete,
    CalendarUnknown,
    DayNamedTwice,
    EntryEndsBeforeItBegins,
    NoWorkingDayLeft,
)
from domain.calendar.state import CalendarState
from domain.calendar.values import Entries
from domain.calendar.working_days import EnteredAct, WorkingDays
from domain.event import Event
from domain.text import check_texts

_ALL_DAYS: Final = frozenset(range(1, 8))
_LEAST_WORKED: Final = 26  # days of each year; then the longest term ends, and is soon counted
_YEARS_ALIKE: Final = 28  # after so many the days of the week come on the same dates again


def decide(command: Command, state: CalendarState | None) -> tuple[Event, ...]:
    """Return the events that the command leads to; none when it changes nothing.

    Raises:
        Refusal: the rule that forbids it.
    """
    events = decide_again(command, state)
    check_texts(events)
    return events


def decide_again(command: Command, state: CalendarState | None) -> tuple[Event, ...]:
    """Return the events of a recorded command: by the same rules except those of texts.

    Raises:
        Refusal: the rule that forbids it.
    """
    if isinstance(command, OpenCalendar):
        return _opened(command, state)
    return _entered(command, state)


def _opened(command: OpenCalendar, state: CalendarState | None) -> tuple[Event, ...]:
    if state is not None:
        if state.was_opened_by(command):
            return ()
        raise CalendarAlreadyOpened(field="slug")
    if command.entries.rest_days is None:
        raise CalendarIncomplete(field="entries.restDays")
    if command.entries.counting is None:
        raise CalendarIncomplete(field="entries.counting")
    _check(command.entries, acts=0)
    _check_what_is_left(command, ())
    opened = CalendarOpened(
        slug=command.slug,
        jurisdiction=command.jurisdiction,
        territory=command.territory,
        working_week=command.working_week,
        act=command.act,
        entries=command.entries,
    )
    return (opened,)


def _entered(command: EnterAct, state: CalendarState | None) -> tuple[Event, ...]:
    if state is None:
        raise CalendarUnknown
    if state.has(command.act, command.entries):
        return ()
    _check(command.entries, acts=state.version)
    _check_what_is_left(command, state.acts)
    return (ActEntered(slug=state.slug, number=state.version + 1, act=command.act, entries=command.entries),)


def _check(entries: Entries, acts: int) -> None:
    if not (entries.days or entries.every_year or entries.ends or entries.rest_days is not None or entries.counting):
        raise ActEntersNothing(field="entries")
    seen: set[date] = set()
    for place, named in enumerate(entries.days):
        if named.day in seen:
            raise DayNamedTwice(field=f"entries.days.{place}.day")
        seen.add(named.day)
    if entries.rest_days is not None and _ALL_DAYS.issubset(entries.rest_days):
        raise NoWorkingDayLeft(field="entries.restDays")
    if entries.to_day is not None and entries.to_day < entries.from_day:
        raise EntryEndsBeforeItBegins(field="entries.toDay")
    for place, number in enumerate(entries.ends):
        if number > acts:
            raise ActNotOfThisCalendar(field=f"entries.ends.{place}")


def _check_what_is_left(command: Command, acts: Sequence[EnteredAct]) -> None:
    """Refuse holidays and days of rest that together leave hardly a day to work, in whichever year."""
    entries = command.entries
    if not entries.every_year and entries.rest_days is None:
        return
    from_day = entries.from_day
    working = WorkingDays([*acts, EnteredAct(command.act, command.entries)])
    begins = {from_day.year, *(each.entries.from_day.year for each in acts if each.entries.from_day > from_day)}
    for year in sorted({year for begin in begins for year in range(begin, begin + _YEARS_ALIKE)}):
        if year <= MAXYEAR and working.usually_worked(year) < _LEAST_WORKED:
            raise NoWorkingDayLeft(field="entries.everyYear" if entries.every_year else "entries.restDays")
