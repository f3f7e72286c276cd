"""A retried request is done once, and nobody overwrites a version that they have not seen."""

import threading

import httpx2
import pytest

from tests.api.people import ANSWERS, People, address_of, assert_problem, position_of


def test_a_repeated_submission_gets_its_first_answer(people: People) -> None:
    first = people.citizen.submits(people.service, key="one")
    again = people.citizen.submits(people.service, key="one")

    assert (again.status_code, again.json(), again.headers["Location"]) == (
        201,
        first.json(),
        first.headers["Location"],
    )
    assert again.headers["ETag"] == first.headers["ETag"]
    assert position_of(again) == position_of(first)
    assert len(people.citizen.asks("/v1/my/cases", position=position_of(again)).json()["items"]) == 1


def test_the_order_of_members_does_not_make_a_body_another_one(people: People) -> None:
    first = people.citizen.submits(people.service, key="order")
    turned = {"answers": dict(reversed(ANSWERS.items())), "service": people.service}

    assert people.citizen.sends("/v1/cases", turned, key="order").json() == first.json()


def test_a_key_with_another_body_is_refused(people: People) -> None:
    people.citizen.submits(people.service, key="one")

    refused = people.citizen.submits(people.service, ANSWERS | {"building.floors": 4}, key="one")

    assert assert_problem(refused, 422, "idempotency-key-reused")["field"] == "Idempotency-Key"


def test_a_key_is_its_callers_own(people: People) -> None:
    first = people.citizen.submits(people.service, key="one")

    assert people.neighbour.submits(people.service, key="one").json()["caseId"] != first.json()["caseId"]


def test_a_repeated_command_gets_its_first_answer_though_the_case_has_moved_on(people: People) -> None:
    submitted = people.citizen.submits(people.service)
    assigned = people.official.is_drawn_for(submitted)
    steps = f"{address_of(submitted)}/steps"
    first = people.official.sends(steps, {"step": "T01 receive"}, seen=assigned, key="step")
    people.official.sends(steps, {"step": "T02 check"}, seen=first)

    again = people.official.sends(steps, {"step": "T01 receive"}, seen=assigned, key="step")

    assert (again.status_code, again.json(), again.headers["ETag"]) == (200, first.json(), first.headers["ETag"])


def test_of_two_who_saw_the_same_version_one_is_refused(people: People) -> None:
    submitted = people.citizen.submits(people.service)
    people.official.is_drawn_for(submitted)
    path = f"{address_of(submitted)}/steps"
    answers: list[httpx2.Response] = []

    def record() -> None:
        answers.append(people.official.sends(path, {"step": "T01 receive"}, seen=2))

    threads = [threading.Thread(target=record) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    accepted, refused = sorted(answers, key=lambda answer: answer.status_code)
    assert accepted.status_code == 200
    assert_problem(refused, 412, "case-has-moved-on")
    assert refused.headers["ETag"] == '"3"'


def test_a_change_needs_the_version_that_was_seen(people: People) -> None:
    withdrawal = f"{address_of(people.citizen.submits(people.service))}/withdrawal"

    assert_problem(people.citizen.sends(withdrawal), 428, "if-match-needed")
    for tag in ("*", '"1", "2"'):
        answer = people.citizen.http.post(withdrawal, json={}, headers={"If-Match": tag})
        assert_problem(answer, 400, "if-match-names-one-version")
    for tag in ('"2"', 'W/"1"', '"x"', "1"):
        answer = people.citizen.http.post(withdrawal, json={}, headers={"If-Match": tag})
        assert_problem(answer, 412, "case-has-moved-on")


@pytest.mark.parametrize("key", ["", "x" * 201, "a b"])
def test_a_key_is_a_short_text(people: People, key: str) -> None:
    assert_problem(people.citizen.submits(people.service, key=key), 400, "idempotency-key-is-short-text")


def test_a_case_that_was_seen_already_is_not_sent_again(people: People) -> None:
    case = address_of(people.citizen.submits(people.service))

    for tag in ('"1"', 'W/"1"', '"0", "1"', "*"):
        answer = people.citizen.asks(case, If_None_Match=tag)
        assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", '"1"')
    assert people.citizen.asks(case, If_None_Match='"2"').status_code == 200
