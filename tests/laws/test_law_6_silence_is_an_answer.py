"""Law 6, silence is an answer: what nobody has decided in time is granted by law, or escalates; it never just waits."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from ledger.embedded.postgres import EmbeddedPostgres
from tests.api.people import address_of, assert_problem
from tests.laws.on_time import OnTime, on_time, working_day

DECISION = {"outcome": "refused", "legalBasis": "Building Act, article 9", "reasons": "Too high."}


@pytest.fixture(scope="module")
def at(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnTime]:
    with on_time(postgres, "law6", tmp_path_factory.mktemp("law6")) as at:
        at.offers("silent", silentApproval=True)
        yield at


def test_the_story_of_a_request_that_nobody_decided(at: OnTime) -> None:
    case = at.people.citizen.submits("silent")
    official, path = at.people.official, address_of(case)
    official.is_drawn_for(case)
    last = date.fromisoformat(at.term(case)["lastDay"])

    at.days.ahead += last - at.today
    at.waits_for(case, "case.nears_its_last_day")
    assert "case.granted_by_silence" not in [each["type"] for each in at.history(case)], "the last day lasts"

    at.days.ahead += timedelta(days=1)
    granted = at.waits_for(case, "case.granted_by_silence")
    assert granted["data"]["last_day"] == last.isoformat()
    assert granted["data"]["publish_by"] == working_day(at.today, 5).isoformat()
    before = max(each["position"] for each in at.history(case) if each["position"] < granted["position"])
    assert before <= granted["data"]["looked_up_to"] < granted["position"], "it looked at all that came before"

    status = at.people.citizen.asks(path, position=at.window.everything_recorded())
    assert (status.json()["stage"], status.json()["outcome"]) == ("Decided", "granted")
    seen = official.asks(path, position=at.window.everything_recorded())
    assert_problem(official.sends(f"{path}/decision", DECISION, seen=seen), 409, "case-granted-by-silence")
    assert_problem(official.sends(f"{path}/closing", {}, seen=seen), 409, "silent-grant-unpublished")

    # The duty to publish has a term of its own, and the clock says when it is missed.
    at.days.ahead += timedelta(days=14)
    at.waits_for(case, "case.silent_grant_not_published")
    seen = at.people.system.asks(path, position=at.window.everything_recorded())
    published = at.people.system.sends(f"{path}/publication", {"publishedAt": "Gazette 340"}, seen=seen)
    assert published.is_success, published.text
    assert official.sends(f"{path}/closing", {}, seen=published).is_success
    assert at.found() == []


def test_no_decision_slips_in_after_the_last_day_also_before_the_clock_has_said_so(at: OnTime) -> None:
    case = at.people.citizen.submits("silent")
    official, path = at.people.official, address_of(case)
    given = official.is_drawn_for(case)
    last = date.fromisoformat(at.term(case)["lastDay"])
    at.days.ahead += last - at.today + timedelta(days=1)

    for what, body in (("decision", DECISION), ("questions", {"question": "Where?"})):
        answer = official.sends(f"{path}/{what}", body, seen=given)
        if answer.status_code == 412:  # the clock was quicker
            seen = official.asks(path, position=at.window.everything_recorded())
            answer = official.sends(f"{path}/{what}", body, seen=seen)
        assert_problem(answer, 409, "case-granted-by-silence")
    at.waits_for(case, "case.granted_by_silence")


def test_a_decision_on_the_last_day_is_in_time_and_silence_says_nothing(at: OnTime) -> None:
    case = at.people.citizen.submits("silent")
    official, path = at.people.official, address_of(case)
    official.is_drawn_for(case)
    at.days.ahead += date.fromisoformat(at.term(case)["lastDay"]) - at.today
    at.waits_for(case, "case.nears_its_last_day")
    seen = official.asks(path, position=at.window.everything_recorded())
    assert official.sends(f"{path}/decision", DECISION, seen=seen).is_success
    later = at.people.citizen.submits("silent")
    at.days.ahead += timedelta(days=20)
    at.waits_for(later, "case.granted_by_silence")

    assert "case.granted_by_silence" not in [each["type"] for each in at.history(case)]
    assert at.found() == []


def test_where_the_law_grants_nothing_silence_escalates(at: OnTime) -> None:
    case = at.people.citizen.submits(at.offers("loud"))
    at.days.ahead += timedelta(days=40)
    at.waits_for(case, "case.became_overdue")
    at.waits_for(case, "case.escalated")

    assert "case.granted_by_silence" not in [each["type"] for each in at.history(case)]
    status = at.people.citizen.asks(address_of(case), position=at.window.everything_recorded())
    assert status.json()["outcome"] is None
