"""The one function that tells the last day of a case's term, as a calendar was known, and why it is that day."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from domain.calendar.counting import Counted, end_of_terms, monday_to_friday
from domain.calendar.state import CalendarState, KnownCalendar
from domain.calendar.values import CountingRules
from domain.calendar.working_days import WorkingDays
from domain.clock.case_clock import CaseClock
from domain.clock.causes import (
    Began,
    Cause,
    CountedTo,
    Moved,
    NotShortened,
    NotWorked,
    Reckoning,
    Shifted,
    Stated,
    Worked,
)
from domain.values import Term

_ONE_DAY: Final = timedelta(days=1)
_AS_BEFORE_CALENDARS: Final = CountingRules()
_MOST_DAYS_NAMED: Final = 60


def last_day_of(clock: CaseClock, term: Term | None, known: KnownCalendar) -> date | None:
    """Return the last local day of a case's term as the calendar was known at a version.

    None: the case has no term, or its term is suspended.

    Args:
        clock: the case's clock.
        term: the term of the law, by the version of the service that the case pins.
        known: the calendar that the case pins; acts that became known later are not looked at.

    Raises:
        LookupError: the calendar never had this version.
    """
    if clock.is_suspended:
        return None
    if is_stated(clock, term):
        return _from_what_was_stated(clock)
    terms = _terms(clock, term)
    if not terms:
        return None
    if known.state is None or known.working is None:
        return _counted(clock, terms, None).last_day
    versions = _versions(clock, known.version)
    if known.working.counting(clock.began).shortening == "allowed":
        versions = versions[-1:]
    return max(_counted(clock, terms, known.state.known_at(each)).last_day for each in versions)


def last_day_after(began: date, term: Term, calendar: KnownCalendar) -> date:
    """Return the last local day of a term that begins on a day, and that nothing but the calendar moves."""
    return _counted(CaseClock(began), (term,), calendar.working).last_day


def reckon(clock: CaseClock, term: Term | None, known: KnownCalendar) -> Reckoning:
    """Return the last day as `last_day_of` does, with its causes.

    Raises:
        LookupError: the calendar never had this version.
    """
    last = last_day_of(clock, term, known)
    stood: list[Cause] = [*clock.suspensions, *([clock.extension] if clock.extension else [])]
    if is_stated(clock, term):
        stated = [Stated(clock.submitted_with)] if clock.submitted_with else []
        return Reckoning(last, (*stated, *stood) if stated else ())
    terms = _terms(clock, term)
    if not terms:
        return Reckoning(None, ())
    working = known.working
    rules = _AS_BEFORE_CALENDARS if working is None else working.counting(clock.began)
    begun: list[Cause] = [Began(clock.began, rules.first_day_counted)]
    if clock.restart is not None:
        begun.insert(0, clock.restart)
    if last is None:
        return Reckoning(None, (*begun, *stood))
    counted = _counted(clock, terms, working)
    ends = [_counted(clock, terms[:number], working).counted_to for number in range(1, len(terms) + 1)]
    how: list[Cause] = [CountedTo(each, end) for each, end in zip(terms, ends, strict=True)]
    if working is not None and any(each.kind == "working" for each in terms):
        how += _named(working, clock.began, counted.counted_to)
    if counted.last_day != counted.counted_to:
        how.append(Shifted(counted.counted_to, counted.last_day))
    moved = _moves(clock, terms, known.state, known.version, rules) if known.state is not None else ()
    return Reckoning(last, (*begun, *stood, *how, *moved))


def is_stated(clock: CaseClock, term: Term | None) -> bool:
    """Return whether the last day is what an imported file has stated.

    Submissions before the fourth version did not say; a day that no counting gives, or none where there is a term, was
    stated then.
    """
    if clock.is_stated is not None:
        return clock.is_stated
    if term is None or clock.submitted_with is None:
        return True
    counted = end_of_terms(clock.began, [term], _AS_BEFORE_CALENDARS, monday_to_friday)
    return counted.last_day != clock.submitted_with


def _from_what_was_stated(clock: CaseClock) -> date | None:
    """Return the stated last day, later by each day on which the term was suspended, and by the extension."""
    if clock.submitted_with is None:
        return None
    day = clock.submitted_with
    for pause in (each.pause for each in clock.suspensions):
        if pause.since < day and pause.until is not None:
            day = _later(day, (pause.until - pause.since).days)
    if clock.extension is None:
        return day
    return end_of_terms(day, [clock.extension.by], _AS_BEFORE_CALENDARS, monday_to_friday).last_day


def _later(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max


def _terms(clock: CaseClock, term: Term | None) -> Sequence[Term]:
    """Return the term, the order's own if it has set one, and the extension."""
    first = (clock.restart and clock.restart.term) or term
    if first is None:
        return ()
    return (first, clock.extension.by) if clock.extension else (first,)


def _versions(clock: CaseClock, version: int) -> range:
    """Return the versions of the calendar from the term's beginning to this one."""
    first = version if clock.known is None else min(clock.known, version)
    return range(max(1, first), version + 1)


def _counted(clock: CaseClock, terms: Sequence[Term], working: WorkingDays | None) -> Counted:
    rules = _AS_BEFORE_CALENDARS if working is None else working.counting(clock.began)
    is_working = monday_to_friday if working is None else working.is_working
    return end_of_terms(clock.began, terms, rules, is_working, [each.pause for each in clock.suspensions])


def _named(working: WorkingDays, began: date, last: date) -> Iterator[Cause]:
    """Return what acts have made of days of the term, act by act, in the order in which they became known."""
    off: dict[int, list[date]] = {}
    on: dict[int, list[date]] = {}
    day = began
    while day < last:
        day += _ONE_DAY
        number = working.because_of(day)
        if number is not None and (working.is_working(day) == working.is_rest_day(day)):
            (on if working.is_working(day) else off).setdefault(number, []).append(day)
    for number in sorted(off.keys() | on.keys()):
        act = working.acts[number - 1].act
        if number in off:
            yield NotWorked(act, tuple(off[number][:_MOST_DAYS_NAMED]))
        if number in on:
            yield Worked(act, tuple(on[number][:_MOST_DAYS_NAMED]))


def _moves(
    clock: CaseClock, terms: Sequence[Term], calendar: CalendarState, version: int, rules: CountingRules
) -> Iterator[Cause]:
    """Return which acts have moved the last day since the term began, or would have."""
    before: date | None = None
    for each in _versions(clock, version):
        end = _counted(clock, terms, calendar.known_at(each)).last_day
        if before is not None and end != before:
            act = calendar.acts[each - 1].act
            if end < before and rules.shortening == "never":
                yield NotShortened(act, before)
                continue
            yield Moved(act, before, end)
        before = end
