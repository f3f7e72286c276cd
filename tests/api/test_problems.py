"""Every refusal is a problem that names its rule, and repeats nothing that was sent."""

import pytest

from api.problems import problem_of
from ledger.refusals import UnstorableEventError
from tests.api.people import ANSWERS, People, address_of, assert_problem, permit


def test_an_illegal_move_is_refused_by_the_rules_name(people: People) -> None:
    submitted = people.citizen.submits(people.service)
    case = address_of(submitted)
    assigned = people.official.is_drawn_for(submitted)

    early = people.official.sends(f"{case}/steps", {"step": "T03 advise"}, seen=assigned)
    assert_problem(early, 409, "step-may-not-follow")
    unknown = people.official.sends(f"{case}/steps", {"step": "T99"}, seen=assigned)
    assert assert_problem(unknown, 400, "step-unknown")["field"] == "step"
    assert_problem(people.official.sends(f"{case}/closing", seen=assigned), 409, "case-not-decided")
    assert_problem(people.citizen.sends(f"{case}/answers", {"answer": "x"}, seen=assigned), 409, "question-not-open")


@pytest.mark.parametrize(
    ("body", "field", "rule"),
    [
        ({}, "service", "missing"),
        ({"service": "NO"}, "service", "string-pattern-mismatch"),
        ({"service": "x", "servise": "Ana"}, "servise", "extra-forbidden"),
        ({"service": "x", "answers": []}, "answers", "dict-type"),
        ({"service": "x", "answers": {"": "x"}}, "answers..[key]", "string-too-short"),
        ([], "", "model-type"),
    ],
)
def test_a_body_that_does_not_follow_its_schema_is_refused_by_field(
    people: People, body: object, field: str, rule: str
) -> None:
    problem = assert_problem(people.citizen.sends("/v1/cases", body), 400, "request-follows-its-schema")

    assert [(error["field"], error["rule"]) for error in problem["errors"]] == [(field, rule)]


@pytest.mark.parametrize(
    ("answers", "rule"),
    [
        ({}, "answer-missing"),
        (ANSWERS | {"person.birth_date": "1990-01-01"}, "element-unknown"),
        (ANSWERS | {"building.floors": "three secret floors"}, "answer-of-wrong-type"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_by_field(people: People, answers: dict[str, object], rule: str) -> None:
    refused = people.citizen.submits(people.service, answers)

    problem = assert_problem(refused, 400, rule)
    assert problem["field"].startswith("answers.")
    assert "secret" not in refused.text


def test_a_service_that_is_not_offered_is_refused(people: People) -> None:
    assert_problem(people.citizen.submits("no-such-service"), 409, "service-not-published")


def test_a_service_that_is_not_offered_over_the_internet_is_refused_by_what_the_body_names(people: People) -> None:
    slug = f"{people.service}-at-the-counter"
    definition = permit(slug, people.agency, "north", channels=["counter"])
    assert people.coordinator.sends("/v1/services", {"definition": definition}).status_code == 201
    published = people.coordinator.sends(f"/v1/services/{slug}/publication", {"version": 1})
    assert published.status_code == 200

    problem = assert_problem(people.citizen.submits(slug), 409, "channel-not-offered")
    assert problem["field"] == "service"


@pytest.mark.parametrize("raw", [b"{", b"\xff", b"NaN", b'{"service": "a" "b"}'])
def test_what_is_not_json_is_refused(people: People, raw: bytes) -> None:
    answer = people.citizen.http.post("/v1/cases", content=raw, headers={"Content-Type": "application/json"})

    assert_problem(answer, 400, "body-is-json")


def test_other_media_types_are_refused(people: People) -> None:
    answer = people.citizen.http.post("/v1/cases", content=b"a=b", headers={"Content-Type": "text/plain"})

    assert_problem(answer, 415, "body-is-json")


def test_a_body_has_a_mebibyte_at_most(people: People) -> None:
    large = {"service": people.service, "answers": {"person.name": "x" * (1 << 20)}}

    assert_problem(people.citizen.sends("/v1/cases", large), 413, "body-too-large")
    chunked = people.citizen.http.post(
        "/v1/cases", content=iter([b"x" * (1 << 19)] * 3), headers={"Content-Type": "application/json"}
    )
    assert_problem(chunked, 413, "body-too-large")


def test_the_frameworks_own_refusals_are_problems_too(people: People) -> None:
    assert_problem(people.anyone.asks("/v1/nothing"), 404, "no-such-address")
    assert_problem(people.anyone.asks("/v1/services/"), 404, "no-such-address")
    refused = people.anyone.http.delete("/v1/services")
    assert_problem(refused, 405, "no-such-method")
    assert "GET" in refused.headers["Allow"]
    assert_problem(people.anyone.asks("/v1/services", Accept="text/xml"), 406, "not-acceptable")
    assert_problem(people.citizen.asks("/v1/cases/none"), 400, "request-follows-its-schema")
    assert_problem(people.citizen.asks("/v1/my/cases?limit=0"), 400, "request-follows-its-schema")


def test_nobody_is_told_what_to_bring(people: People) -> None:
    refused = people.anyone.asks("/v1/my/cases")

    assert_problem(refused, 401, "token-needed")
    assert refused.headers["WWW-Authenticate"] == 'Bearer realm="pencere"'


@pytest.mark.parametrize("header", ["Bearer x.y.z", "Basic eDp5", "Bearer", "bearer é"])
def test_a_token_that_is_none_is_refused_everywhere(people: People, header: str) -> None:
    for path in ("/v1/my/cases", "/v1/services"):
        refused = people.anyone.http.get(path, headers={b"Authorization": header.encode()})

        assert_problem(refused, 401, "token-form")
        assert refused.headers["WWW-Authenticate"] == 'Bearer realm="pencere", error="invalid_token"'


def test_unknown_query_parameters_are_ignored(people: People) -> None:
    assert people.anyone.asks("/v1/services?utm=1").status_code == 200


def test_every_problem_has_a_page(people: People) -> None:
    page = people.anyone.asks("/problems/no-such-case")

    assert page.status_code == 200
    assert "script" not in page.headers["Content-Security-Policy"]
    assert_problem(people.anyone.asks("/problems/NO"), 404, "nothing-of-that-name")


def test_what_the_ledger_cannot_hold_is_a_problem_without_the_databases_words() -> None:
    problem = problem_of(UnstorableEventError("the database cannot hold this event: a name"))

    assert problem is not None
    assert (problem.status, problem.rule) == (400, "cannot-be-stored")
    assert b"a name" not in problem.response().body
