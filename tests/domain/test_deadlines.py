"""A term is counted in local days."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.case.deadlines import end_of, last_day, local_date, may_be_local
from domain.values import Term

Kind = Literal["working", "calendar"]


def deadline(at: datetime, term: Term, zone: str) -> datetime:
    """Return when the term ends of a case that was submitted at an instant."""
    return end_of(last_day(local_date(at, zone), term), zone)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("submitted", "days", "kind", "zone", "expected"),
    [
        # the day of submission does not count; the last day counts to its end
        ("2026-11-24T12:00", 1, "calendar", "UTC", "2026-11-26T00:00"),
        ("2026-11-24T00:00", 1, "calendar", "UTC", "2026-11-26T00:00"),
        ("2026-11-24T23:59:59.999999", 1, "calendar", "UTC", "2026-11-26T00:00"),
        # the local day counts: 21:00 UTC is already the 25th in Baku
        ("2026-11-24T19:59", 1, "calendar", "Asia/Baku", "2026-11-25T20:00"),
        ("2026-11-24T20:00", 1, "calendar", "Asia/Baku", "2026-11-26T20:00"),
        # the ends of months, years and February
        ("2026-01-31T12:00", 1, "calendar", "UTC", "2026-02-02T00:00"),
        ("2026-12-31T12:00", 30, "calendar", "UTC", "2027-01-31T00:00"),
        ("2028-02-28T12:00", 1, "calendar", "UTC", "2028-03-01T00:00"),
        ("2027-02-28T12:00", 1, "calendar", "UTC", "2027-03-02T00:00"),
        # Saturday and Sunday are no working days (27 November 2026 is a Friday)
        ("2026-11-26T12:00", 1, "working", "UTC", "2026-11-28T00:00"),
        ("2026-11-27T12:00", 1, "working", "UTC", "2026-12-01T00:00"),
        ("2026-11-28T12:00", 1, "working", "UTC", "2026-12-01T00:00"),
        ("2026-11-29T12:00", 5, "working", "UTC", "2026-12-05T00:00"),
        ("2026-11-27T12:00", 10, "working", "UTC", "2026-12-12T00:00"),
        # spring and autumn: the local day has 23 or 25 hours, its end is still midnight
        ("2026-03-28T12:00", 1, "calendar", "Europe/Amsterdam", "2026-03-29T22:00"),
        ("2026-03-27T12:00", 1, "calendar", "Europe/Amsterdam", "2026-03-28T23:00"),
        ("2026-10-24T12:00", 1, "calendar", "Europe/Amsterdam", "2026-10-25T23:00"),
        # a day whose midnight is skipped begins at one o'clock (Beirut, 29 March 2026)
        ("2026-03-27T12:00", 1, "calendar", "Asia/Beirut", "2026-03-28T22:00"),
        # a day that a country skipped altogether (Samoa, 30 December 2011)
        ("2011-12-28T12:00", 1, "calendar", "Pacific/Apia", "2011-12-30T10:00"),
    ],
)
def test_a_term_ends_with_its_last_local_day(submitted: str, days: int, kind: Kind, zone: str, expected: str) -> None:
    assert deadline(utc(submitted), Term(days=days, kind=kind), zone) == utc(expected)


def test_the_first_instant_of_a_day_without_midnight_is_one_o_clock() -> None:
    end = deadline(utc("2026-03-27T12:00"), Term(days=1, kind="calendar"), "Asia/Beirut")

    assert end.astimezone(ZoneInfo("Asia/Beirut")).isoformat() == "2026-03-29T01:00:00+03:00"


def test_an_instant_in_another_zone_is_the_same_instant() -> None:
    term = Term(days=3, kind="working")
    here = datetime(2026, 11, 25, 1, 0, tzinfo=timezone(timedelta(hours=4)))

    assert deadline(here, term, "Asia/Baku") == deadline(utc("2026-11-24T21:00"), term, "Asia/Baku")


def test_a_time_without_a_zone_is_no_instant() -> None:
    naive = utc("2026-11-24T12:00").replace(tzinfo=None)

    with pytest.raises(ValueError, match="time zone"):
        deadline(naive, Term(days=1, kind="calendar"), "UTC")


ZONES = ("UTC", "Asia/Baku", "Europe/Amsterdam", "America/New_York", "Pacific/Apia", "Asia/Kathmandu")


@given(
    at=st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds
    days=st.integers(1, 400),
    zone=st.sampled_from(ZONES),
)
def test_working_days_end_on_a_working_day_and_never_before_calendar_days(at: datetime, days: int, zone: str) -> None:
    working = deadline(at, Term(days=days, kind="working"), zone)
    last = (working - timedelta(microseconds=1)).astimezone(ZoneInfo(zone))

    assert last.isoweekday() <= 5
    assert working >= deadline(at, Term(days=days, kind="calendar"), zone) > at
    assert working.tzinfo is UTC


FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@given(
    at=st.datetimes(timezones=st.just(UTC)),
    offset=st.integers(-16 * 60, 16 * 60).map(lambda minutes: timedelta(minutes=minutes)),
    off=st.integers(2, 1000),
)
def test_a_date_may_be_local_wherever_there_could_be_a_clock_and_never_more_than_a_day_off(
    at: datetime, offset: timedelta, off: int
) -> None:
    bare = at.replace(tzinfo=None)
    if FIRST.replace(tzinfo=None) - bare <= offset <= LAST.replace(tzinfo=None) - bare:
        assert may_be_local((bare + offset).date(), at)
    for days in (off, -off):
        if 1 <= at.date().toordinal() + days <= LAST.date().toordinal():
            assert not may_be_local(at.date() + timedelta(days=days), at)


@pytest.mark.parametrize("at", [FIRST, LAST])
@pytest.mark.parametrize("zone", ["Asia/Baku", "America/New_York"])
def test_the_first_and_last_instants_have_dates_and_these_have_ends(at: datetime, zone: str) -> None:
    day = local_date(at, zone)

    assert may_be_local(day, at)
    assert end_of(day, zone) >= at


def test_a_last_day_is_told_from_dates_alone() -> None:
    assert last_day(date(2026, 11, 24), Term(days=5, kind="working")) == date(2026, 12, 1)
    assert last_day(date(2026, 12, 31), Term(days=60, kind="calendar")) == date(2027, 3, 1)


@pytest.mark.parametrize("kind", ["calendar", "working"])
def test_a_term_beyond_the_last_of_all_days_ends_on_it(kind: Kind) -> None:
    assert last_day(date(9999, 12, 25), Term(days=10, kind=kind)) == date.max
