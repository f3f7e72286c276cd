"""The page about terms: its commands run as they stand but for the port, and its tables are those of the code."""

import json
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from application.cases.case_commands import CASE_COMMANDS
from domain.agency.events import CalendarNamed
from domain.calendar.events import CALENDAR_EVENTS
from domain.calendar.values import CountingRules, Entries
from domain.case.clock_events import CLOCK_EVENTS
from domain.case.events import CaseBecameOverdue, CaseReopened
from domain.clock.words import _KINDS
from domain.event import Event
from domain.service.definition import Timing
from tests.cli.conftest import served, shared_data
from tests.cli.running import ROOT, Served, environment
from tests.docs.terminal import typed

__all__ = ["served", "shared_data"]

DOCUMENT = (ROOT / "docs" / "terms.md").read_text()
AUDITORS = (ROOT / "docs" / "auditor.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
USUAL = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def printed(served: Served) -> list[str]:
    """What each block of the page prints, in their order, typed into one terminal after the other."""
    settings = environment(PENCERE_DATA=str(served.data))
    return [typed(block.replace(USUAL, served.address), ROOT, settings) for block in BLOCKS]


def rows_after(heading: str) -> list[str]:
    """Return the first cells of the table whose head begins so, split where a cell names several things."""
    [table] = re.findall(rf"^\| {re.escape(heading)} \|.*\n\|[-| ]+\|\n((?:\|.*\n)+)", DOCUMENT, re.MULTILINE)
    return [name for row in table.splitlines() for name in re.findall(r"`([\w.]+)`", row.split("|")[1])]


def spelled(fields: Mapping[str, Any]) -> list[str]:
    """Return the names as the API spells them."""
    return [re.sub(r"_(\w)", lambda found: found[1].upper(), name) for name in fields]


def test_the_calendar_of_the_page_has_the_days_off_that_its_acts_make(printed: list[str]) -> None:
    days = json.loads(printed[1])

    assert days["version"] == 2
    assert [each for each in days["off"] if each["act"]] == [
        {"day": "2027-05-28", "act": 1},
        {"day": "2027-05-31", "act": 2},
    ]
    assert days["worked"] == [{"day": "2027-05-29", "act": 2}]


def test_the_last_day_of_the_pages_case_is_counted_by_hand_as_auditors_are_told(
    printed: list[str], served: Served
) -> None:
    term = json.loads(printed[2])
    began, left = date.fromisoformat(term["began"]), term["term"]["days"]
    read = served.get(f"/v1/calendars/{term['calendar']}/days?from={began}&to={began + timedelta(days=60)}").json()
    off, day = {each["day"] for each in read["off"]}, began
    while left:
        day += timedelta(days=1)
        left -= day.isoformat() not in off

    assert term["term"]["kind"] == "working"
    assert term["lastDay"] == day.isoformat()
    assert (term["calendar"], term["calendarVersion"]) == ("az-five-days", 2)


def test_an_auditor_reads_the_days_and_the_acts_by_the_commands_of_their_page(
    printed: list[str], served: Served
) -> None:
    commands = re.findall(r"^    (curl -s '.*/v1/calendars/CALENDAR/.*')$", AUDITORS, re.MULTILINE)
    term = json.loads(printed[2])
    typed_in = "\n".join(commands).replace("curl -s", "curl -sS --fail-with-body")
    for written, meant in (("https://HOST", served.address), ("CALENDAR", term["calendar"])):
        typed_in = typed_in.replace(written, meant)
    known = served.get("/health/ready").json()["position"]
    typed_in = re.sub(r"asOf=[\d-]+", f"asOf={known}", typed_in)
    days, acts = typed(typed_in.replace("\n", "; echo; "), ROOT, environment()).splitlines()

    assert json.loads(days)["version"] == term["calendarVersion"]
    assert [each["number"] for each in json.loads(acts)["items"]] == [1, 2]


@pytest.mark.parametrize("page", ["terms.md", "agencies.md"])
def test_the_bodies_of_the_pages_are_what_the_window_takes(page: str) -> None:
    text = (ROOT / "docs" / page).read_text()
    shown = re.findall(r"POST /v1/cases/{id}(/\w+) +({.*})(?:`|$)", text, re.MULTILINE)
    takes = {command.path: command.takes for command in CASE_COMMANDS}

    assert {path for path, _ in shown} >= {"/extension", "/publication"}
    for path, body in shown:
        takes[path].model_validate_json(body)


def test_the_page_names_every_event_about_terms_and_calendars_once() -> None:
    kinds: tuple[type[Event], ...] = (*CALENDAR_EVENTS, *CLOCK_EVENTS, CalendarNamed, CaseBecameOverdue, CaseReopened)

    assert sorted(rows_after("event")) == sorted(kind.topic for kind in kinds)


def test_the_page_names_every_member_of_entries_counting_and_timing_and_every_cause() -> None:
    assert sorted(rows_after("an act's `entries`")) == sorted(spelled(Entries.model_fields))
    assert rows_after("rule") == spelled(CountingRules.model_fields)
    assert rows_after("member") == spelled(Timing.model_fields)
    assert sorted(rows_after("`kind` of a cause")) == sorted(_KINDS.values())
