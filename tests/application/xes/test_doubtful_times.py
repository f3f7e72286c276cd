"""A doubtful time is read by a stated rule and counted, or refused by a named one."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from application.xes import Assumption, BadTrace, Trace, read_traces
from application.xes.assumptions import RULES
from application.xes.instants import DoubtfulTimeError, read_instant

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
Puts = Callable[[str | bytes], Path]


@pytest.mark.parametrize(
    ("text", "at", "assumed"),
    [
        ("2011-10-11T13:42:22Z", "2011-10-11T13:42:22Z", []),
        ("2011-10-11t13:42:22z", "2011-10-11T13:42:22Z", []),
        ("2011-10-11T13:42:22", "2011-10-11T11:42:22Z", ["noOffset"]),
        ("2011-10-30T02:30:00", "2011-10-30T00:30:00Z", ["noOffset", "shownTwice"]),
        ("2011-10-30T02:30:00+01:00", "2011-10-30T01:30:00Z", []),
        ("2011-03-27T02:30:00", "2011-03-27T01:30:00Z", ["noOffset", "neverShown"]),
        ("2011-12-31T24:00:00Z", "2012-01-01T00:00:00Z", ["endOfDay"]),
        ("2011-12-31 24:00", "2011-12-31T23:00:00Z", ["endOfDay", "noOffset"]),
        ("20111231T240000Z", "2012-01-01T00:00:00Z", ["endOfDay"]),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.999999Z", ["leapSecond"]),
        ("2016-12-31T23:59:60.5Z", "2016-12-31T23:59:59.999999Z", ["leapSecond"]),
        ("20170101T005960+0100", "2016-12-31T23:59:59.999999Z", ["leapSecond"]),
        ("2017-01-01T00:59:60", "2016-12-31T23:59:59.999999Z", ["leapSecond", "noOffset"]),
        ("2011-10-11T13:42:22.1234567Z", "2011-10-11T13:42:22.123456Z", ["digitsCutOff"]),
        ("2011-10-11T13:42:22.123456000Z", "2011-10-11T13:42:22.123456Z", []),
    ],
)
def test_a_doubtful_time_is_read_by_its_rule_and_every_rule_used_is_told(
    text: str, at: str, assumed: list[str]
) -> None:
    read = read_instant(text, AMSTERDAM)

    assert read.at == datetime.fromisoformat(at)
    assert [kind.value for kind in read.assumed] == assumed


def test_a_midnight_that_the_clocks_skip_is_told_twice() -> None:
    # Clocks in Beirut went from 00:00 to 01:00 on 25 March 2018.
    read = read_instant("2018-03-24T24:00:00", ZoneInfo("Asia/Beirut"))

    assert read.at == datetime(2018, 3, 24, 22, tzinfo=UTC)
    assert read.assumed == (Assumption.END_OF_DAY, Assumption.NO_OFFSET, Assumption.NEVER_SHOWN)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("2011-10-11", "no-time-of-day"),
        ("20111011", "no-time-of-day"),
        ("2011-10-11Z", "no-time-of-day"),
        ("2011-10-11+02:00", "no-time-of-day"),
        ("2011-10", "no-time-of-day"),
        ("13:42", "not-a-time"),
        ("soon", "not-a-time"),
        ("2011-10-11T25:00:00Z", "not-a-time"),
        ("2011-10-11T24:00:01Z", "not-a-time"),
        ("2011-02-29T10:00:00Z", "not-a-time"),
        ("2011-10-11T13:42:61Z", "not-a-time"),
        ("2011-10-11T13:60:00Z", "not-a-time"),
        ("2011-10-11T13:42:60Z", "no-leap-second"),
        ("2011-10-11T23:59:60Z", "no-leap-second"),
        ("2016-12-31T23:59:60", "no-leap-second"),  # local: 22:59:60 in UTC
        ("2011-10-11T13:42:22+14:30", "offset-too-wide"),
        ("2011-10-11T13:42:22-23:59", "offset-too-wide"),
        ("9999-12-31T24:00:00Z", "year-out-of-range"),
        ("9999-12-31T23:59:60Z", "year-out-of-range"),
        ("9999-12-31T23:59:59-05:00", "year-out-of-range"),
        ("0001-01-01T00:00:00+02:00", "year-out-of-range"),
        ("12011-10-11T13:42:22Z", "not-a-time"),
    ],
)
def test_what_no_rule_reads_is_refused_by_name_and_not_repeated(text: str, rule: str) -> None:
    with pytest.raises(DoubtfulTimeError) as caught:
        read_instant(text, AMSTERDAM)

    assert str(caught.value).endswith(f"({rule})")
    assert text not in str(caught.value)


def trace_of(key: str, value: str) -> str:
    own = "" if key == "startdate" else '<date key="startdate" value="2020-01-01T00:00:00Z"/>'
    return f'<log><trace>{own}<date key="{key}" value="{value}"/></trace></log>'


@pytest.mark.parametrize("key", ["startdate", "enddate", "time:timestamp"])
@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("2184-05-05T10:00:00Z", "not-happened-yet"),
        ("2026-01-01T00:00:00.000001Z", "not-happened-yet"),
        ("2026-01-01T00:59:59+01:00", None),
        ("2026-01-01T00:00:00Z", None),
        ("1970-01-01T00:00:00.000+01:00", "before-1970"),
        ("1970-01-01T23:59:59Z", "before-1970"),
        ("1970-01-02T00:00:00Z", None),
        ("1492-10-12T02:00:00Z", "before-1970"),
    ],
)
def test_what_occurred_lies_between_1970_and_the_import(
    log_file: Puts, zone: tzinfo, key: str, value: str, rule: str | None
) -> None:
    document = trace_of(key, value)
    if key == "time:timestamp":
        event = f'<event><string key="concept:name" value="s"/><date key="{key}" value="{value}"/></event>'
        document = f"<log><trace>{event}</trace></log>"
    (read,) = read_traces(log_file(document), zone=zone, now=NOW, skip_bad=True)

    if rule is None:
        assert isinstance(read, Trace)
    else:
        assert isinstance(read, BadTrace)
        assert read.reasons[0].startswith(f"line 1: {key} ")
        assert read.reasons[0].endswith(f"({rule})")


@pytest.mark.parametrize(
    ("at", "rule"),
    [
        ("2027-06-01T10:00:00Z", None),
        ((NOW + timedelta(days=36_525)).isoformat(), None),
        ((NOW + timedelta(days=36_525, seconds=1)).isoformat(), "too-far-ahead"),
        ("9999-12-31T23:59:59Z", "too-far-ahead"),
        ("1970-01-01T00:00:00Z", "before-1970"),
    ],
)
def test_a_deadline_lies_ahead_no_further_than_the_longest_term(
    log_file: Puts, zone: tzinfo, at: str, rule: str | None
) -> None:
    (read,) = read_traces(log_file(trace_of("deadline", at)), zone=zone, now=NOW, skip_bad=True)

    assert isinstance(read, Trace if rule is None else BadTrace)
    if isinstance(read, BadTrace):
        assert read.reasons[0].endswith(f"({rule})")


def test_times_that_contradict_each_other_are_kept_and_counted(log_file: Puts, zone: tzinfo) -> None:
    events = "".join(
        f'<event><string key="concept:name" value="s"/><string key="org:resource" value="r"/>'
        f'<date key="time:timestamp" value="2020-01-{day}T00:00:00Z"/></event>'
        for day in ("02", "04", "03", "09")
    )
    times = (("startdate", "03"), ("enddate", "01"), ("deadline", "02"))
    dates = "".join(f'<date key="{key}" value="2020-01-{day}T00:00:00Z"/>' for key, day in times)
    (read,) = read_traces(log_file(f"<log><trace>{dates}{events}</trace></log>"), zone=zone)

    assert isinstance(read, Trace)
    assert [event.at.day for event in read.events] == [2, 4, 3, 9]
    assert Counter(kind.value for kind in read.assumed) == {
        "outOfOrder": 1,
        "eventBeforeStart": 1,
        "eventAfterEnd": 4,
        "endBeforeStart": 1,
        "deadlineBeforeStart": 1,
        "noName": 1,
        "noChannel": 1,
    }


def test_what_is_left_unsaid_is_counted(log_file: Puts, zone: tzinfo) -> None:
    event = '<event><string key="concept:name" value="s"/><date key="time:timestamp" value="2020-01-01T00:00"/></event>'
    (read,) = read_traces(log_file(f"<log><trace>{event}{event}</trace></log>"), zone=zone)

    assert isinstance(read, Trace)
    assert Counter(kind.value for kind in read.assumed) == {
        "noOffset": 2,
        "noResource": 2,
        "noStart": 1,
        "noName": 1,
        "noChannel": 1,
    }


def test_every_assumption_has_its_rule_in_words() -> None:
    assert list(RULES) == list(Assumption)
