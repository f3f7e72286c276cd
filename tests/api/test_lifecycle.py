"""A case from its submission to its reopening, as each person concerned sees it."""

from tests.api.people import ANSWERS, People, address_of, assert_problem, position_of
from tests.api.running import RunningWindow


def test_a_request_is_submitted_worked_on_decided_closed_and_reopened(people: People) -> None:
    citizen, official = people.citizen, people.official

    submitted = citizen.submits(people.service)
    assert submitted.status_code == 201
    case = address_of(submitted)
    assert submitted.headers["Location"] == case
    assert submitted.headers["ETag"] == '"1"'
    assert submitted.json()["stage"] == "Submitted"

    assigned = official.is_drawn_for(submitted)
    assert address_of(assigned) == case
    step = official.sends(f"{case}/steps", {"step": "T01 receive", "note": "All is there."}, seen=assigned)
    assert (step.status_code, step.json()["step"], step.headers["ETag"]) == (200, "T01 receive", '"3"')
    asked = official.sends(f"{case}/questions", {"question": "How high?"}, seen=step)
    assert asked.json()["stage"] == "AwaitingApplicant"
    answered = citizen.sends(f"{case}/answers", {"answer": "Nine metres."}, seen=asked)
    assert answered.json()["stage"] == "InProgress"
    decision = {"outcome": "granted", "legalBasis": "Building Act, article 9", "reasons": "It fits the plan."}
    decided = official.sends(f"{case}/decision", decision, seen=answered)
    assert (decided.json()["stage"], decided.json()["outcome"]) == ("Decided", "granted")
    closed = official.sends(f"{case}/closing", seen=decided)
    assert closed.json()["stage"] == "Closed"
    reopened = people.system.sends(f"{case}/reopening", {"order": "Court of Baku, 17/2026"}, seen=closed)
    assert reopened.json()["stage"] == "InProgress"

    status = citizen.asks(case, position=position_of(reopened))
    assert status.headers["ETag"] == reopened.headers["ETag"] == '"8"'
    told = reopened.json()
    assert told.pop("receipt") == f"{case}/receipt?version=8"
    assert {name: value for name, value in status.json().items() if name in told} == told
    history = citizen.asks(f"{case}/history", position=position_of(reopened)).json()
    assert [item["type"] for item in history["items"]] == [
        "case.submitted",
        "case.assigned",
        "case.step_recorded",
        "case.applicant_asked",
        "case.applicant_answered",
        "case.decided",
        "case.closed",
        "case.reopened",
    ]


def test_a_request_can_be_taken_back(people: People) -> None:
    submitted = people.citizen.submits(people.service)

    withdrawn = people.citizen.sends(f"{address_of(submitted)}/withdrawal", {"reason": "Moved."}, seen=submitted)

    assert (withdrawn.status_code, withdrawn.json()["stage"]) == (200, "Withdrawn")


def test_the_applicant_sees_everything_opened(people: People) -> None:
    submitted = people.citizen.submits(people.service)

    history = people.citizen.asks(f"{address_of(submitted)}/history", position=position_of(submitted)).json()

    item = history["items"][0]
    assert item["answers"] == ANSWERS
    assert (item["open"], item["erased"], item["opened"]) == (["building.floors"], [], {})
    assert "open_answers" not in item["data"]


def test_an_official_and_the_agency_see_only_what_the_service_declares(people: People) -> None:
    submitted = people.citizen.submits(people.service)

    for reader in (people.official, people.system):
        answer = reader.asks(f"{address_of(submitted)}/history", position=position_of(submitted))
        seen = {name: ANSWERS[name] for name in ("person.name", "building.floors")}
        assert answer.json()["items"][0]["answers"] == seen
        assert "+994" not in answer.text


def test_an_auditor_sees_nothing_opened(people: People) -> None:
    submitted = people.citizen.submits(people.service)

    answer = people.auditor.asks(f"{address_of(submitted)}/history", position=position_of(submitted))

    assert answer.status_code == 200
    assert "opened" not in answer.json()["items"][0]
    assert answer.json()["items"][0]["sealed"] == ["sealed_answers.person.name", "sealed_answers.person.phone"]
    assert answer.json()["items"][0]["answers"] == {"building.floors": 3}
    assert "Bagirova" not in answer.text


def test_a_case_that_is_not_ones_own_does_not_exist(people: People) -> None:
    submitted = people.citizen.submits(people.service)
    case, position = address_of(submitted), position_of(submitted)

    for reader in (people.neighbour, people.colleague, people.stranger, people.other_system):
        assert_problem(reader.asks(case, position=position), 404, "no-such-case")
        assert_problem(reader.asks(f"{case}/history", position=position), 404, "no-such-case")
    for path, body, writer in (
        ("withdrawal", {}, people.neighbour),
        ("answers", {"answer": "x"}, people.neighbour),
        ("steps", {"step": "T01 receive"}, people.stranger),
        ("steps", {"step": "T01 receive"}, people.official),  # on the official's own desk, but not assigned
        ("reopening", {"order": "x"}, people.other_system),
    ):
        assert_problem(writer.sends(f"{case}/{path}", body, seen=1), 404, "no-such-case")


def test_a_case_that_nobody_submitted_does_not_exist(people: People) -> None:
    nowhere = "/v1/cases/01900000-0000-7000-8000-000000000000"

    for reader in (people.citizen, people.official, people.system, people.auditor):
        assert_problem(reader.asks(nowhere), 404, "no-such-case")
        assert_problem(reader.asks(f"{nowhere}/history"), 404, "no-such-case")
    assert_problem(people.citizen.sends(f"{nowhere}/withdrawal", seen=1), 404, "no-such-case")


def test_a_case_is_found_though_the_view_has_not_got_it_yet(people: People) -> None:
    for _ in range(10):
        case = address_of(people.citizen.submits(people.service))

        assert people.citizen.asks(case).status_code == 200
        assert people.citizen.asks(f"{case}/history").status_code == 200


def test_my_cases_are_the_newest_first_and_only_mine(people: People) -> None:
    mine = [people.citizen.submits(people.service) for _ in range(5)]
    people.neighbour.submits(people.service)

    page = people.citizen.asks("/v1/my/cases?limit=2", position=position_of(mine[-1]))
    found = [item["caseId"] for item in page.json()["items"]]
    while "next" in page.links:
        page = people.citizen.asks(page.links["next"]["url"])
        found += [item["caseId"] for item in page.json()["items"]]

    assert found == [answer.json()["caseId"] for answer in reversed(mine)]
    assert page.json()["next"] is None


def test_the_language_is_the_callers_first_that_the_service_has(people: People) -> None:
    for wanted, given in (("fr, az-AZ;q=0.8, en;q=0.5", "az"), ("fr", "en"), ("az;q=0, en;q=0.1", "en")):
        answer = people.citizen.http.post(
            "/v1/cases", json={"service": people.service, "answers": ANSWERS}, headers={"Accept-Language": wanted}
        )

        assert (answer.json()["language"], answer.json()["channel"]) == (given, "internet")


def test_a_key_whose_case_never_came_to_be_takes_nobodys_place_in_the_list(
    window: RunningWindow, people: People
) -> None:
    first = people.citizen.submits(people.service)
    for _ in range(3):
        window.makes_a_key(people.citizen.subject)
    last = people.citizen.submits(people.service)

    page = people.citizen.asks("/v1/my/cases?limit=2", position=position_of(last)).json()

    assert [item["caseId"] for item in page["items"]] == [last.json()["caseId"], first.json()["caseId"]]
    rest = people.citizen.asks(f"/v1/my/cases?limit=2&cursor={page['next']}").json() if page["next"] else page
    assert rest["next"] is None
