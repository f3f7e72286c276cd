"""An auditor reads the whole ledger: by case, by agency, from a position; open parts and never sealed data."""

from typing import Any

import pytest

from tests.api.people import ANSWERS, People, address_of, assert_problem, position_of
from tests.api.running import RunningWindow
from tests.api.test_feed import pages, streamed

LOOK = "look.recorded"


def test_the_events_of_a_case_are_all_of_its_stream(people: People) -> None:
    submitted = people.citizen.submits(people.service)
    withdrawn = people.citizen.sends(f"{address_of(submitted)}/withdrawal", seen=submitted)
    case = submitted.json()["caseId"]

    items = list(pages(people.auditor, f"/v1/events?case={case}&limit=1", position_of(withdrawn)))

    events = [item for item in items if item["type"] != LOOK]
    assert [item["id"] for item in events] == [f"{case}:1", f"{case}:2"]
    assert [item["type"] for item in events] == ["case.submitted", "case.withdrawn"]
    assert [item["position"] for item in items] == sorted(item["position"] for item in items)


def test_whoever_reads_the_events_of_a_case_leaves_a_look_that_is_read_with_them(
    window: RunningWindow, people: People
) -> None:
    submitted = people.citizen.submits(people.service)
    query = f"/v1/events?case={submitted.json()['caseId']}"
    people.auditor.asks(query)
    last = window.everything_recorded()

    history = people.citizen.asks(f"{address_of(submitted)}/history", position=last).json()["items"]
    read = people.auditor.asks(query).json()["items"]

    assert [item["actor"]["role"] for item in history if item["type"] == LOOK] == ["auditor"]
    assert [item["type"] for item in read] == ["case.submitted", LOOK]


def test_the_events_of_an_agency_are_the_agencys_own_feed(people: People) -> None:
    written = [people.citizen.submits(people.service) for _ in range(3)][-1]
    own = list(pages(people.system, "/v1/events?limit=2", position_of(written)))

    assert list(pages(people.auditor, f"/v1/events?limit=2&agency={people.agency}")) == own
    topic = "&topic=case.submitted"
    assert list(pages(people.auditor, f"/v1/events?agency={people.agency}{topic}")) == list(
        pages(people.system, f"/v1/events?{topic}")
    )


def test_an_auditor_may_follow_a_case_and_an_agency_as_a_stream(people: People) -> None:
    submitted = people.citizen.submits(people.service)
    case = submitted.json()["caseId"]
    people.auditor.asks("/v1/services", position=position_of(submitted))

    [(number, event)] = streamed(people.auditor, 1, query=f"case={case}")
    of_agency: list[tuple[str, dict[str, Any]]] = streamed(people.auditor, 2, query=f"agency={people.agency}")

    assert (number, event["subject"]) == (str(event["position"]), case)
    assert [event["sequence"] for _, event in of_agency] == [1, 2]


@pytest.mark.parametrize("query", ["", "agency={agency}", "case={case}"])
def test_no_seal_and_nothing_that_was_sealed_is_given_to_an_auditor(people: People, query: str) -> None:
    submitted = people.citizen.submits(people.service)
    asked = query.format(agency=people.agency, case=submitted.json()["caseId"])
    text = people.auditor.asks(f"/v1/events?limit=1000&{asked}", position=position_of(submitted)).text

    assert "case.submitted" in text
    assert not [answer for answer in map(str, ANSWERS.values()) if answer != "3" and answer in text]
    assert '"sealed"' not in text


def test_an_agency_cannot_ask_for_anothers_events_or_for_a_case(people: People) -> None:
    case = people.citizen.submits(people.service).json()["caseId"]
    for query, field in ((f"agency=other-{people.agency}", "agency"), (f"case={case}", "case")):
        refused = people.system.asks(f"/v1/events?{query}")

        assert assert_problem(refused, 400, "filter-is-for-auditors")["field"] == field


def test_a_case_that_is_none_is_not_found_and_leaves_no_look(people: People) -> None:
    submitted = people.citizen.submits(people.service)
    case = submitted.json()["caseId"]

    nobodys = people.auditor.asks("/v1/events?case=019abcde-f012-7345-8678-9abcdef01234")
    anothers = people.auditor.asks(f"/v1/events?case={case}&agency=other-{people.agency}")

    assert_problem(nobodys, 404, "no-such-case")
    assert_problem(anothers, 404, "no-such-case")
    assert_problem(people.auditor.asks(f"/v1/events?case={case}&service=x"), 400, "service-filter-is-for-agencies")
