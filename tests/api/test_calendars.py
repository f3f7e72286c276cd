"""Calendars and terms over HTTP: what everybody reads, what the coordinator enters, and why a case ends on a day."""

from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest

from tests.api.people import People, address_of, assert_problem, permit, position_of

CODE = {"title": {"az": "Əmək Məcəlləsi", "en": "Labour Code"}, "number": "105", "publishedOn": "1999-02-01"}
DECREE = {"title": {"en": "Decree"}, "number": "362", "publishedOn": "2026-12-02"}
_numbers = count(1)


def opening(slug: str, **entries: Any) -> dict[str, Any]:
    """Return the body that opens a calendar of a five-day week."""
    usual = {"restDays": [6, 7], "counting": {"lastDayOff": "next_working_day"}, "fromDay": "2006-01-01"}
    return {
        "slug": slug,
        "jurisdiction": "az",
        "workingWeek": "five_days",
        "act": CODE,
        "entries": usual | entries,
    }


def entering(*days: tuple[str, str, str], **entries: Any) -> dict[str, Any]:
    """Return the body that enters an act; each day is with its effect and why it is named."""
    named = [{"day": day, "effect": effect, "why": why} for day, effect, why in days]
    return {"act": DECREE, "entries": {"fromDay": "2026-12-01", "days": named} | entries}


@pytest.fixture
def calendar(people: People) -> str:
    """A calendar of this test alone."""
    slug = f"az-{people.agency}-{next(_numbers)}"
    assert people.coordinator.sends("/v1/calendars", opening(slug)).status_code == 201
    return slug


def off(people: People, calendar: str, position: str, first: str, last: str, as_of: str = "") -> list[Any]:
    """Return the days off that no weekly rest makes, with the act that does."""
    path = f"/v1/calendars/{calendar}/days?from={first}&to={last}{as_of}"
    read = people.anyone.asks(path, position=position)
    assert read.is_success, read.text
    return [(each["day"], each["act"]) for each in read.json()["off"] if each["act"] is not None]


def test_everybody_reads_the_calendars_their_acts_and_the_days_that_they_make(people: People, calendar: str) -> None:
    swap = entering(("2027-01-04", "off", "swap"), ("2027-01-09", "working", "swap"))
    entered = people.coordinator.sends(f"/v1/calendars/{calendar}/acts", swap)

    read = people.anyone.asks(f"/v1/calendars/{calendar}", position=position_of(entered)).json()
    assert read["slug"] == calendar
    assert (read["jurisdiction"], read["territory"], read["workingWeek"]) == ("az", None, "five_days")
    assert read["version"] == 2
    acts = people.anyone.asks(f"/v1/calendars/{calendar}/acts").json()["items"]
    assert [(each["number"], each["act"]["number"]) for each in acts] == [(1, "105"), (2, "362")]
    assert acts[1]["entries"]["days"][1]["effect"] == "working"
    days = people.anyone.asks(f"/v1/calendars/{calendar}/days?from=2027-01-04&to=2027-01-10").json()
    assert days["off"] == [{"day": "2027-01-04", "act": 2}, {"day": "2027-01-10", "act": None}]
    assert days["worked"] == [{"day": "2027-01-09", "act": 2}]
    listed = people.anyone.asks("/v1/calendars?limit=100").json()["items"]
    assert calendar in [each["slug"] for each in listed]


def test_a_calendar_is_read_as_it_was_known_then(people: People, calendar: str) -> None:
    path = f"/v1/calendars/{calendar}/acts"
    first = people.coordinator.sends(path, entering(("2027-03-09", "off", "carried_over")))
    second = people.coordinator.sends(path, entering(("2027-03-09", "usual", "other")))
    known = position_of(first).split(".")[0]

    assert off(people, calendar, position_of(second), "2027-03-08", "2027-03-10") == []
    assert off(people, calendar, position_of(second), "2027-03-08", "2027-03-10", f"&asOf={known}") == [
        ("2027-03-09", 2)
    ]


def test_the_same_calendar_and_the_same_act_again_change_nothing(people: People, calendar: str) -> None:
    act = entering(("2027-03-09", "off", "carried_over"))
    path = f"/v1/calendars/{calendar}/acts"
    assert "Position-Token" in people.coordinator.sends(path, act).headers

    for again in (people.coordinator.sends(path, act), people.coordinator.sends("/v1/calendars", opening(calendar))):
        assert again.is_success
        assert "Position-Token" not in again.headers


@pytest.mark.parametrize(
    ("body", "rule", "field"),
    [
        (entering(), "act-enters-nothing", "entries"),
        (
            entering(("2027-01-04", "off", "swap"), ("2027-01-04", "working", "swap")),
            "day-named-twice",
            "entries.days.1.day",
        ),
        (entering(ends=[7]), "act-not-of-this-calendar", "entries.ends.0"),
        (entering(restDays=[1, 2, 3, 4, 5, 6, 7]), "no-working-day-left", "entries.restDays"),
        (entering(restDays=[6], toDay="2026-11-30"), "entry-ends-before-it-begins", "entries.toDay"),
    ],
)
def test_an_act_that_says_nothing_or_nonsense_is_refused_by_the_rule_and_the_field(
    people: People, calendar: str, body: dict[str, Any], rule: str, field: str
) -> None:
    problem = assert_problem(people.coordinator.sends(f"/v1/calendars/{calendar}/acts", body), 400, rule)
    assert problem["field"] == field


@pytest.mark.parametrize(
    ("field", "entries"),
    [
        ("everyYear", {"everyYear": [{"month": 2, "day": 30, "name": {"en": "No day"}}]}),
        ("restDays", {"restDays": [0]}),
        ("counting", {"counting": {"leastWorkingDays": -1}}),
        ("days", {"days": [{"day": "2027-02-29", "effect": "off", "why": "swap"}]}),
        ("fromDay", {"fromDay": "tomorrow"}),
    ],
)
def test_what_is_no_day_and_no_rule_is_refused_by_its_field(
    people: People, calendar: str, field: str, entries: dict[str, Any]
) -> None:
    answer = people.coordinator.sends(f"/v1/calendars/{calendar}/acts", entering(**entries))
    problem = assert_problem(answer, 400, "request-follows-its-schema")
    assert any(field in each["field"] for each in problem["errors"])


def test_a_calendar_begins_with_its_week_and_its_rules_of_counting(people: People) -> None:
    for missing in ("restDays", "counting"):
        body = opening(f"az-{people.agency}", **{missing: None})
        assert_problem(people.coordinator.sends("/v1/calendars", body), 400, "calendar-incomplete")


def test_what_is_no_calendar_is_not_read_named_or_entered_into(people: People) -> None:
    for end in ("", "/acts", "/days?from=2027-01-01&to=2027-01-02"):
        assert people.anyone.asks(f"/v1/calendars/nowhere{end}").status_code == 404
    act = entering(("2027-01-04", "off", "swap"))
    assert_problem(people.coordinator.sends("/v1/calendars/nowhere/acts", act), 404, "calendar-unknown")
    named = people.coordinator.sends(f"/v1/agencies/{people.agency}/calendar", {"calendar": "nowhere"}, method="PUT")
    assert assert_problem(named, 400, "calendar-not-opened")["field"] == "calendar"


@pytest.mark.parametrize("asked", ["from=2027-01-02&to=2027-01-01", "from=2020-01-01&to=2027-01-01", "from=x&to=y", ""])
def test_days_are_read_of_a_few_years_at_most(people: People, calendar: str, asked: str) -> None:
    assert people.anyone.asks(f"/v1/calendars/{calendar}/days?{asked}").status_code == 400


def served_by(people: People, calendar: str, **changed: Any) -> str:
    """Publish a service whose terms are counted by a calendar, and return its name."""
    slug = f"{people.service}-{calendar}"
    named = people.coordinator.sends(f"/v1/agencies/{people.agency}/calendar", {"calendar": calendar}, method="PUT")
    assert named.is_success, named.text
    term = {"days": 3, "kind": "working"}
    definition = permit(slug, people.agency, "north", term=term, **changed)
    assert people.coordinator.sends("/v1/services", {"definition": definition}).is_success
    assert people.coordinator.sends(f"/v1/services/{slug}/publication", {"version": 1}).is_success
    return slug


def working_days_after(day: date, days: int) -> date:
    while days:
        day += timedelta(days=1)
        days -= day.isoweekday() < 6
    return day


def test_a_term_says_its_last_day_and_why_it_is_that_day_in_three_languages(people: People, calendar: str) -> None:
    service = served_by(people, calendar)
    submitted = people.citizen.submits(service)
    term = people.citizen.asks(f"{address_of(submitted)}/term", position=position_of(submitted)).json()

    began = date.fromisoformat(term["began"])
    last = working_days_after(began, 3)
    assert (term["lastDay"], term["suspended"]) == (last.isoformat(), False)
    assert term["term"] == {"days": 3, "kind": "working"}
    assert (term["calendar"], term["calendarVersion"]) == (calendar, 1)
    assert [each["kind"] for each in term["causes"]] == ["began", "counted"]
    for cause in term["causes"]:
        assert cause["text"].keys() == {"az", "en", "ru"}
    assert began.isoformat() in term["causes"][0]["text"]["en"]


def test_the_term_is_read_as_of_a_day_before_the_act_that_moved_it(people: People, calendar: str) -> None:
    service = served_by(people, calendar)
    submitted = people.citizen.submits(service)
    path = f"{address_of(submitted)}/term"
    began = date.fromisoformat(people.citizen.asks(path, position=position_of(submitted)).json()["began"])
    next_day = working_days_after(began, 1)
    decree = entering((next_day.isoformat(), "off", "holiday"))
    entered = people.coordinator.sends(f"/v1/calendars/{calendar}/acts", decree)

    now = people.citizen.asks(path, position=position_of(entered)).json()
    assert now["lastDay"] == working_days_after(began, 4).isoformat()
    [moved] = [each for each in now["causes"] if each["kind"] == "moved"]
    assert "362" in moved["text"]["az"]
    then = people.citizen.asks(f"{path}?asOf={position_of(submitted).split('.')[0]}").json()
    assert then["lastDay"] == working_days_after(began, 3).isoformat()
    assert then["calendarVersion"] == 1


def test_whoever_may_not_read_the_case_does_not_read_its_term(people: People, calendar: str) -> None:
    submitted = people.citizen.submits(served_by(people, calendar))
    for other in (people.neighbour, people.stranger, people.other_system):
        assert_problem(other.asks(f"{address_of(submitted)}/term"), 404, "no-such-case")


LONGER = {"by": {"days": 2, "kind": "working"}, "ground": "Administrative act, article 14", "reason": "Eleven sheets."}


def test_the_official_extends_the_term_once_and_the_applicant_reads_on_what_ground(
    people: People, calendar: str
) -> None:
    service = served_by(people, calendar, extension={"days": 2, "kind": "working"})
    submitted = people.citizen.submits(service)
    path = address_of(submitted)
    given = people.official.is_drawn_for(submitted)
    extended = people.official.sends(f"{path}/extension", LONGER, seen=given)
    assert extended.status_code == 200, extended.text

    term = people.citizen.asks(f"{path}/term", position=position_of(extended)).json()
    assert term["lastDay"] == working_days_after(date.fromisoformat(term["began"]), 5).isoformat()
    [cause] = [each for each in term["causes"] if each["kind"] == "extended"]
    assert LONGER["ground"] in cause["text"]["en"]
    assert "Eleven" not in str(term), "what is written to the applicant is in the history, for those who may read it"
    history = people.citizen.asks(f"{path}/history", position=position_of(extended)).text
    assert "Eleven sheets." in history

    again = people.official.sends(f"{path}/extension", LONGER, seen=extended)
    assert_problem(again, 409, "deadline-already-extended")


@pytest.mark.parametrize(
    ("changed", "status", "rule"),
    [
        ({"by": {"days": 3, "kind": "working"}}, 400, "extension-too-long"),
        ({"by": {"days": 1, "kind": "calendar"}}, 400, "extension-too-long"),
        ({"by": {"days": 0, "kind": "working"}}, 400, "request-follows-its-schema"),
        ({"ground": " "}, 400, "request-follows-its-schema"),
        ({"reason": None}, 400, "reasons-missing"),
    ],
)
def test_an_extension_outside_of_what_the_service_allows_is_refused_and_leaves_the_case(
    people: People, calendar: str, changed: dict[str, Any], status: int, rule: str
) -> None:
    service = served_by(people, calendar, extension={"days": 2, "kind": "working"})
    submitted = people.citizen.submits(service)
    path = address_of(submitted)
    given = people.official.is_drawn_for(submitted)
    refused = people.official.sends(f"{path}/extension", LONGER | changed, seen=given)

    assert_problem(refused, status, rule)
    assert people.official.sends(f"{path}/extension", LONGER, seen=given).status_code == 200
