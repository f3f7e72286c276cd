"""The permit log of a real municipality under its law: eight weeks from receipt, once six weeks more (Wabo, 3.9)."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from application.xes.reading import read_traces
from application.xes.traces import Trace
from domain.calendar.state import KnownCalendar
from domain.calendar.values import CountingRules
from domain.case.deadlines import local_date
from domain.clock.case_clock import CaseClock, Extension
from domain.clock.reckoning import last_day_of
from domain.values import Term
from tests.calendars.netherlands import dutch, weeks_only

LOG = Path(__file__).parents[3] / "shared" / "data" / "permit-receipt.xes.gz"
ZONE = "Europe/Amsterdam"
EIGHT_WEEKS = Term(days=56, kind="calendar")
SIX_WEEKS = Extension(on=date(2010, 1, 1), by=Term(days=42, kind="calendar"), ground="Wabo, article 3.9 (2)")
AS_THE_MUNICIPALITY_COUNTS = KnownCalendar(weeks_only(CountingRules()), 1)
AS_THE_LAW_COUNTS = KnownCalendar(dutch(2009, 2014), 1)
SMALL_LOG = {
    "over winter": ("2011-01-10T14:20:00+01:00", "2011-03-07T14:20:00+01:00"),
    "over the change in spring": ("2011-03-01T00:00:00+01:00", "2011-04-26T00:00:00+02:00"),
    "over the change in autumn, late in the day": ("2011-10-05T23:30:00+02:00", "2011-11-30T23:10:00+01:00"),
    "made longer": ("2011-03-01T09:00:00+01:00", "2011-06-07T01:06:40+02:00"),
    "by no law": ("2011-05-02T00:00:00+02:00", "2011-07-19T00:00:00+02:00"),
}
"""Five cases as the real log has, for clones that are not beside it: when each began, and by when it was to end."""


class Span(NamedTuple):
    """When a term of the log began, and when it was to end by the log."""

    start: datetime
    deadline: datetime

    @property
    def dates(self) -> tuple[date, date]:
        return local_date(self.start, ZONE), local_date(self.deadline, ZONE)


def spans(log: Path) -> list[Span]:
    traces = [each for each in read_traces(log, zone=ZoneInfo(ZONE), skip_bad=True) if isinstance(each, Trace)]
    return [Span(each.start, each.deadline) for each in traces if each.start is not None and each.deadline is not None]


@pytest.fixture
def small_log(tmp_path: Path) -> list[Span]:
    """A log that was written for these tests."""
    traces = "".join(
        f'<trace><string key="concept:name" value="{name}"/><date key="startdate" value="{start}"/>'
        f'<date key="deadline" value="{deadline}"/></trace>'
        for name, (start, deadline) in SMALL_LOG.items()
    )
    path = tmp_path / "small.xes"
    path.write_text(f'<log xes.version="1.0">{traces}</log>')
    return spans(path)


def agreeing(terms: Sequence[Span], calendar: KnownCalendar, extension: Extension | None = None) -> list[bool]:
    """Return for each term whether its last day by the law is the log's."""
    return [
        last_day_of(CaseClock(began, extension=extension), EIGHT_WEEKS, calendar) == ended
        for began, ended in (each.dates for each in terms)
    ]


def in_periods_of_24_hours(terms: Sequence[Span]) -> list[bool]:
    """Return for each term whether eight weeks of 24 hours a day end on the log's day."""
    return [local_date(each.start + timedelta(hours=24 * 56), ZONE) == each.dates[1] for each in terms]


def test_the_terms_of_a_small_log_are_eight_weeks_or_six_weeks_more_or_of_no_law(small_log: list[Span]) -> None:
    assert [(ended - began).days for began, ended in (each.dates for each in small_log)] == [56, 56, 56, 98, 78]
    assert agreeing(small_log, AS_THE_MUNICIPALITY_COUNTS) == [True, True, True, False, False]
    assert agreeing(small_log, AS_THE_MUNICIPALITY_COUNTS, SIX_WEEKS) == [False, False, False, True, False]


def test_days_are_those_of_the_wall_and_not_periods_of_24_hours(small_log: list[Span]) -> None:
    # Over a change of clocks, 56 such periods end an hour later on the wall in spring, and an hour earlier in autumn.
    late = Span(
        datetime.fromisoformat("2011-03-01T23:30:00+01:00"), datetime.fromisoformat("2011-04-26T12:00:00+02:00")
    )
    early = Span(
        datetime.fromisoformat("2011-10-05T00:00:00+02:00"), datetime.fromisoformat("2011-11-30T00:00:00+01:00")
    )

    assert agreeing([late, early], AS_THE_MUNICIPALITY_COUNTS) == [True, True]
    assert in_periods_of_24_hours([late, early]) == [False, False]
    assert (small_log[1].deadline - small_log[1].start).total_seconds() / 3600 == 24 * 56 - 1


def test_the_law_moves_a_last_day_off_a_weekend_or_a_holiday_and_the_municipality_did_not() -> None:
    whitsun = [Span(datetime.fromisoformat(f"2011-04-{day}T09:00:00+02:00"), JUNE[day]) for day in JUNE]

    assert agreeing(whitsun, AS_THE_MUNICIPALITY_COUNTS) == [True, True, True]
    assert agreeing(whitsun, AS_THE_LAW_COUNTS) == [False, False, True]


JUNE = {
    day: datetime.fromisoformat(f"2011-06-{last}T09:00:00+02:00")
    for day, last in (("16", "11"), ("18", "13"), ("19", "14"))
}
"""Terms that end on the Saturday before Whitsun 2011, on Whit Monday, and on the day after."""


@pytest.fixture(scope="module")
def real_log() -> list[Span]:
    """The municipality's own log, of which no copy is in this repository."""
    if not LOG.exists():
        pytest.skip("the permit log is not beside this clone; what is asserted of a small log holds here, too")
    return spans(LOG)


def test_the_law_agrees_with_the_real_log_in_as_many_cases_as_were_counted_independently(real_log: list[Span]) -> None:
    alone = agreeing(real_log, AS_THE_MUNICIPALITY_COUNTS)
    longer = agreeing(real_log, AS_THE_MUNICIPALITY_COUNTS, SIX_WEEKS)
    days = Counter((ended - began).days for began, ended in (each.dates for each in real_log))

    assert (len(real_log), sum(alone)) == (1434, 1080)
    assert sum(one or other for one, other in zip(alone, longer, strict=True)) == 1138
    assert days.most_common(12) == [
        (56, 1080),
        (98, 58),
        (78, 33),
        (84, 17),
        (61, 15),
        (57, 13),
        (77, 12),
        (107, 10),
        (126, 9),
        (55, 8),
        (63, 8),
        (112, 7),
    ]
    assert (len(days), min(days), max(days)) == (97, 5, 469)
    assert sum(n for span, n in days.items() if span < 56) == 23
    assert sum(n for span, n in days.items() if span > 56) == 331
    assert sum(n for span, n in days.items() if span > 56 and span % 7 == 0) == 138


def test_of_the_real_log_the_law_would_have_moved_86_of_the_1080_last_days(real_log: list[Span]) -> None:
    alone, by_law = agreeing(real_log, AS_THE_MUNICIPALITY_COUNTS), agreeing(real_log, AS_THE_LAW_COUNTS)
    moved = [each.dates[1] for each, one, other in zip(real_log, alone, by_law, strict=True) if one and not other]
    liberation = date(2011, 5, 5)  # a day off by this law each year, and by many a contract every fifth year

    assert len(moved) == 86
    assert moved.count(liberation) == 6


def test_of_the_real_log_periods_of_24_hours_miss_terms_that_days_do_not(real_log: list[Span]) -> None:
    missed = [
        each
        for each, is_civil, is_period in zip(
            real_log, agreeing(real_log, AS_THE_MUNICIPALITY_COUNTS), in_periods_of_24_hours(real_log), strict=True
        )
        if is_civil and not is_period
    ]

    assert len(missed) == 7
