"""A history of calendars and terms that the rules do not allow is revealed by the rules."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import orjson
import pytest

from application.identity import calendar_stream
from ledger.audit.findings import in_order
from ledger.store.entries import StoredEntry
from tests.verifying.held import lived
from tests.verifying.test_legality import (
    HONEST,
    Events,
    at_first,
    enveloped,
    found_in,
    happened_at,
    led_to,
    saying,
    stored,
)

MINUTE = 60 * 10**6  # microseconds


@pytest.fixture(scope="module")
def honest() -> Events:
    """The events of a country."""
    return stored(lived(*HONEST))


def with_data(events: Events, topic: str, wanted: Callable[[dict[str, Any]], object]) -> int:
    """Return the place of the first event of this topic whose open data is wanted."""
    return next(
        number for number, each in enumerate(events) if each.topic == topic and wanted(orjson.loads(each.open)["data"])
    )


def on_day(event: StoredEntry, day: date) -> StoredEntry:
    """Return the event as if it had happened on that day, about noon in most zones."""
    return enveloped(saying(event, local_date=f"{day}"), occurred_at=f"{day}T09:00:00.000000Z")


def first_found(events: Events, at: int, planted: StoredEntry) -> str:
    """Return the first finding, which must be about the planted event."""
    first, *_ = in_order(found_in([*events[:at], planted, *events[at + 1 :]]))
    assert (first.check, first.position) == ("legality", at + 1)
    return first.says


@pytest.mark.parametrize(
    ("topic", "data", "says"),
    [
        ("calendar.opened", {"slug": "za"}, "stream of its name"),
        ("calendar.opened", {"entries": {"from_day": "2026-01-01"}}, "forbids it"),
        ("calendar.act_entered", {"slug": "za"}, "stream of its name"),
        ("calendar.act_entered", {"number": 9}, "number is not what the rules give"),
        ("agency.calendar_named", {"calendar": "nowhere"}, "forbids it"),
        ("case.term_counted", {"last_day": "2099-01-01"}, "last_day is not what the rules give"),
        ("case.term_counted", {"calendar": "nowhere"}, "calendar is not what the rules give"),
        ("case.term_counted", {"ground": "None at all"}, "ground is not what the rules give"),
        ("case.term_extended", {"by": {"days": 30, "kind": "working"}}, "forbids it"),
        ("case.term_extended", {"by": {"days": 30, "kind": "calendar"}}, "forbids it"),
        ("case.nears_its_last_day", {"last_day": "2099-01-01"}, "last_day is not what the rules give"),
        ("case.escalated", {"number": 9}, "number is not what the rules give"),
        ("case.escalated", {"last_day": "2020-01-01"}, "last_day is not what the rules give"),
        ("case.granted_by_silence", {"last_day": "2020-01-01"}, "last_day is not what the rules give"),
        ("case.granted_by_silence", {"legal_basis": "None"}, "legal_basis is not what the rules give"),
        ("case.granted_by_silence", {"publish_by": "2099-01-01"}, "publish_by is not what the rules give"),
        ("case.granted_by_silence", {"looked_up_to": 1}, "has not looked at all of the case"),
        ("case.granted_by_silence", {"looked_up_to": 10**6}, "looked at what was not there yet"),
        ("case.silent_grant_not_published", {"publish_by": "2099-01-01"}, "publish_by is not what the rules give"),
        ("case.lapsed", {"answer_by": "2020-01-01"}, "answer_by is not what the rules give"),
        ("case.lapsed", {"question": 9}, "question is not what the rules give"),
    ],
)
def test_a_fact_that_no_decision_led_to_is_named(
    honest: Events, topic: str, data: dict[str, object], says: str
) -> None:
    at = at_first(honest, topic)

    assert says in first_found(honest, at, saying(honest[at], **data))


@pytest.mark.parametrize(
    ("topic", "cause", "says"),
    [
        ("case.granted_by_silence", None, "no cause explains what the clock did"),
        ("case.granted_by_silence", "{stream}:2", "its cause does not explain what the clock did"),
        ("case.term_counted", None, "neither an event of its case nor an act"),
        ("case.term_counted", "{stream}:99", "had not happened before it"),
        ("case.term_counted", "{first.stream}:1", "neither an event of its case nor an act"),
        ("case.term_extended", "{stream}:1", "somebody has asked for it"),
        ("case.silent_grant_published", "{stream}:1", "somebody has asked for it"),
    ],
)
def test_a_cause_that_cannot_have_led_to_the_event_is_named(
    honest: Events, topic: str, cause: str | None, says: str
) -> None:
    at = at_first(honest, topic)
    named = cause and cause.format(stream=honest[at].stream, first=honest[0])

    assert says in first_found(honest, at, led_to(honest[at], named))


@pytest.mark.parametrize(
    ("topic", "days"),
    [
        ("case.granted_by_silence", 0),
        ("case.became_overdue", 0),
        ("case.escalated", 0),
        ("case.escalated", 1),
        ("case.nears_its_last_day", 1),
        ("case.nears_its_last_day", -9),
    ],
)
def test_the_clock_speaks_in_its_time(honest: Events, topic: str, days: int) -> None:
    at = at_first(honest, topic)
    last_day = date.fromisoformat(orjson.loads(honest[at].open)["data"]["last_day"])

    assert "forbids it" in first_found(honest, at, on_day(honest[at], last_day + timedelta(days=days)))


@pytest.mark.parametrize(
    ("topic", "until"), [("case.lapsed", "answer_by"), ("case.silent_grant_not_published", "publish_by")]
)
def test_whoever_owes_something_has_the_whole_last_day_for_it(honest: Events, topic: str, until: str) -> None:
    at = at_first(honest, topic)
    last_day = date.fromisoformat(orjson.loads(honest[at].open)["data"][until])

    assert "forbids it" in first_found(honest, at, on_day(honest[at], last_day))


@pytest.mark.parametrize("topic", ["case.submitted", "case.term_counted", "case.became_overdue", "case.term_extended"])
def test_days_are_counted_by_acts_that_the_calendar_has(honest: Events, topic: str) -> None:
    at = with_data(honest, topic, lambda data: data["calendar_version"])

    says = first_found(honest, at, saying(honest[at], calendar_version=10_000))
    assert "a calendar that was not there yet" in says


def acts_before(events: Events, at: int) -> Events:
    """Return the events of the calendar that a case pins, up to the place of one of its events."""
    submitted = next(each for each in events if each.stream == events[at].stream)
    calendar = orjson.loads(submitted.open)["data"]["calendar"]
    return [each for each in events[:at] if calendar is not None and each.stream == calendar_stream(calendar)]


def test_days_are_not_counted_by_acts_that_everybody_knew_to_be_superseded(honest: Events) -> None:
    at = next(
        number
        for number, each in enumerate(honest)
        if each.topic == "case.became_overdue"
        and (acts := acts_before(honest, number))
        and len(acts) > 1
        and acts[-1].recorded_at < happened_at(each) - 6 * MINUTE
    )
    version = len(acts_before(honest, at)) - 1

    assert "a calendar that had changed since" in first_found(honest, at, saying(honest[at], calendar_version=version))


def test_a_grant_is_counted_by_every_act_up_to_where_it_has_looked(honest: Events) -> None:
    """Elsewhere an act of the last minutes need not be known; but who says that they have looked must have seen it."""
    at = with_data(honest, "case.granted_by_silence", lambda data: data["calendar_version"] > 1)
    newest = acts_before(honest, at)[-1]
    just_now = newest._replace(recorded_at=happened_at(honest[at]))
    events = [just_now if each == newest else each for each in honest]
    version = newest.version - 1

    assert found_in(events) == []
    assert "fewer acts" in first_found(events, at, saying(honest[at], calendar_version=version))
    looked = orjson.loads(honest[at].open)["data"]["looked_up_to"]
    assert newest.position <= looked < at + 1


def test_a_case_is_counted_by_the_calendar_of_its_agency(honest: Events) -> None:
    at = with_data(honest, "case.submitted", lambda data: data["calendar"])
    counted = saying(honest[at], calendar=None, calendar_version=0)

    assert "another calendar than its agency's" in first_found(honest, at, counted)


@pytest.mark.parametrize("topic", ["calendar.opened", "calendar.act_entered"])
def test_nobody_but_the_coordinator_keeps_calendars(honest: Events, topic: str) -> None:
    at = at_first(honest, topic)
    planted = enveloped(honest[at], actor={"role": "agency", "pseudonym": "harbour"})

    assert "only the coordinator keeps calendars" in first_found(honest, at, planted)


def test_nobody_but_the_agency_makes_a_grant_public(honest: Events) -> None:
    at = at_first(honest, "case.silent_grant_published")
    planted = enveloped(honest[at], actor={"role": "agency", "pseudonym": "nobodys"})

    assert "forbids it" in first_found(honest, at, planted)
