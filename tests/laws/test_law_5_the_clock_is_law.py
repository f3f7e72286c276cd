"""Law 5, the clock is law: every last day can be computed again as of any date, with the events that caused it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from ledger.embedded.postgres import EmbeddedPostgres
from tests.api.people import address_of, assert_problem, position_of
from tests.laws.on_time import TIMING, OnTime, as_known, on_time, working_day

LONGER = {"by": {"days": 5, "kind": "working"}, "ground": "Administrative act, article 14", "reason": "Eleven sheets."}


@pytest.fixture(scope="module")
def at(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnTime]:
    with on_time(postgres, "law5", tmp_path_factory.mktemp("law5")) as at:
        yield at


def kinds(term: dict[str, Any]) -> list[str]:
    return [each["kind"] for each in term["causes"]]


def test_the_story_of_a_term_that_is_moved_suspended_and_extended_and_is_known_as_of_each_day(at: OnTime) -> None:
    service = at.offers("story", extension=LONGER["by"])
    case = at.people.citizen.submits(service)
    began = at.today
    assert at.term(case)["lastDay"] == working_day(began, 10).isoformat()

    # A decree makes a working day of the term a day off.
    decree = at.decree("362", (working_day(began, 8), "off"))
    counted = at.waits_for(case, "case.term_counted")
    moved = at.term(case)
    assert moved["lastDay"] == counted["data"]["last_day"] == working_day(began, 11).isoformat()
    assert kinds(moved)[-1] == "moved"
    assert "362" in moved["causes"][-1]["text"]["az"]
    status = at.people.citizen.asks(address_of(case), position=position_of(decree)).json()
    assert status["lastDay"] == moved["lastDay"]

    # The official asks: the term does not run, on a ground, until the applicant has answered.
    official, path = at.people.official, address_of(case)
    official.is_drawn_for(case)
    seen = official.asks(path, position=at.window.everything_recorded())
    asked = official.sends(f"{path}/questions", {"question": "Where is the plot?"}, seen=seen)
    at.waits_for(case, "case.term_counted", 2)
    suspended = at.term(case)
    assert (suspended["lastDay"], suspended["suspended"]) == (None, True)
    assert str(TIMING["suspendedForAnswers"]) in str(suspended["causes"])
    at.days.ahead += timedelta(days=7)
    seen = at.people.citizen.asks(path, position=at.window.everything_recorded())
    answered = at.people.citizen.sends(f"{path}/answers", {"answer": "By the river."}, seen=seen)
    assert asked.is_success, asked.text
    assert answered.is_success, answered.text
    at.waits_for(case, "case.term_counted", 3)
    resumed = at.term(case)
    assert resumed["lastDay"] == working_day(began, 16).isoformat()

    # Once longer, with a reason, and not a second time.
    seen = official.asks(path, position=at.window.everything_recorded())
    extended = official.sends(f"{path}/extension", LONGER, seen=seen)
    assert extended.is_success, extended.text
    at.waits_for(case, "case.term_counted", 4)
    final = at.term(case)
    assert final["lastDay"] == working_day(began, 21).isoformat()
    assert {"began", "suspended", "extended", "counted", "moved"} <= set(kinds(final))
    seen = official.asks(path, position=at.window.everything_recorded())
    assert_problem(official.sends(f"{path}/extension", LONGER, seen=seen), 409, "deadline-already-extended")

    # As it was known at each of these moments.
    assert at.term(case, as_known(case))["lastDay"] == working_day(began, 10).isoformat()
    assert at.term(case, as_known(decree))["lastDay"] == working_day(began, 11).isoformat()
    assert at.term(case, as_known(asked))["suspended"]
    assert at.term(case, as_known(answered))["lastDay"] == resumed["lastDay"]
    assert at.found() == [], "the judge computes each of these days again"


def test_no_act_shortens_a_running_term_where_the_law_forbids_it(at: OnTime) -> None:
    case = at.people.citizen.submits(at.offers("kept"))
    saturday = at.today + timedelta(days=(5 - at.today.weekday()) % 7 or 7)
    before = at.term(case)
    decree = at.decree("400", (saturday, "working"))

    after = at.term(case, as_known(decree))
    assert after["lastDay"] == before["lastDay"]
    assert kinds(after)[-1] == "not_shortened"
    assert "400" in after["causes"][-1]["text"]["en"]
    later = at.people.citizen.submits("kept")
    assert at.term(later)["lastDay"] < before["lastDay"], "a term that begins after the act is counted by it"


def test_a_term_is_warned_of_before_it_ends_and_escalated_when_nobody_decides(at: OnTime) -> None:
    case = at.people.citizen.submits(at.offers("slow"))
    last = at.term(case)["lastDay"]
    at.days.ahead += timedelta(days=12)
    near = at.waits_for(case, "case.nears_its_last_day")
    assert near["data"]["last_day"] == last
    at.days.ahead += timedelta(days=30)
    at.waits_for(case, "case.became_overdue")
    at.waits_for(case, "case.escalated")
    at.days.ahead += timedelta(days=9)
    escalated = at.waits_for(case, "case.escalated", 2)
    assert escalated["data"]["number"] >= 2
    topics = [each["type"] for each in at.history(case)]
    assert topics.count("case.nears_its_last_day") == topics.count("case.became_overdue") == 1
    assert at.found() == []


def test_what_the_applicant_does_not_answer_in_time_lapses_and_says_so(at: OnTime) -> None:
    case = at.people.citizen.submits(at.offers("asked"))
    official, path = at.people.official, address_of(case)
    given = official.is_drawn_for(case)
    assert official.sends(f"{path}/questions", {"question": "Where?"}, seen=given).is_success
    asked_on = at.today
    at.days.ahead += timedelta(days=11)
    lapsed = at.waits_for(case, "case.lapsed")
    assert lapsed["data"]["answer_by"] == (asked_on + timedelta(days=10)).isoformat()
    assert lapsed["data"]["ground"] == TIMING["lapsesOn"]
    read = at.people.citizen.asks(path, position=at.window.everything_recorded())
    assert read.json()["stage"] == "Closed"
    late = at.people.citizen.sends(f"{path}/answers", {"answer": "Here."}, seen=read)
    assert_problem(late, 409, "case-already-closed")
    assert at.found() == []
