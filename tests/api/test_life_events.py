"""Life events over HTTP: asked for once, by a citizen, whole or not at all; read by the same citizen alone."""

import threading
from typing import Any

import httpx2
import orjson
import pytest

from tests.api.people import People, Person, address_of, assert_problem, permit, position_of

NAME = {"element": "child.name", "label": {"en": "Name"}, "type": "text"}
ACCOUNT = {"element": "person.account", "label": {"en": "Account"}, "type": "text"}


class Nursery:
    """A life event of two services, in the agency of a test's people."""

    def __init__(self, people: People) -> None:
        self.people, self.birth = people, f"birth-{people.service}"
        self.name, self.allowance = f"name-{people.service}", f"allowance-{people.service}"
        self.publishes(self.name, questions=[NAME])
        self.publishes(self.allowance, questions=[ACCOUNT], languages=["az", "en"])
        self.publishes(self.birth, **self.opening(self.name, self.allowance))

    @staticmethod
    def opening(*slugs: str) -> dict[str, Any]:
        """Return what makes a definition one of a life event."""
        return {"questions": [], "steps": [], "term": None, "opens": list(slugs)}

    def drafts(self, slug: str, **changed: Any) -> httpx2.Response:
        """Draft a version of a service."""
        definition = permit(slug, self.people.agency, "north", **changed)
        return self.people.coordinator.sends("/v1/services", {"definition": definition})

    def publishes(self, slug: str, **changed: Any) -> None:
        """Draft and publish the first version of a service."""
        drafted = self.drafts(slug, **changed)
        assert drafted.status_code == 201, drafted.text
        published = self.people.coordinator.sends(f"/v1/services/{slug}/publication", {"version": 1})
        assert published.status_code == 200, published.text

    def body(self, **changed: Any) -> dict[str, Any]:
        """Return a request for the life event."""
        parts = {
            self.name: {"answers": {"child.name": "Ana"}},
            self.allowance: {"answers": {"person.account": "AZ21-NABZ"}},
        }
        return {"service": self.birth, "parts": parts} | changed

    def asks(self, who: Person | None = None, key: str | None = "one", **changed: Any) -> httpx2.Response:
        """Ask for the life event."""
        return (who or self.people.citizen).sends("/v1/life-events", self.body(**changed), key=key)


@pytest.fixture
def nursery(people: People) -> Nursery:
    return Nursery(people)


def cases_of(who: Person) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = who.asks("/v1/my/cases").json()["items"]
    return items


def test_a_life_event_is_answered_with_its_cases_and_its_stage(nursery: Nursery) -> None:
    citizen = nursery.people.citizen
    asked = nursery.asks()
    document = asked.json()

    assert (asked.status_code, document["service"], document["stage"]) == (201, nursery.birth, "Submitted")
    assert asked.headers["Location"] == f"/v1/my/life-events/{document['lifeEventId']}"
    assert [case["service"] for case in document["cases"]] == [nursery.allowance, nursery.name]
    assert {case["agency"] for case in document["cases"]} == {nursery.people.agency}
    assert document["stageSince"] == document["cases"][0]["stageSince"] < document["cases"][1]["stageSince"]
    assert citizen.asks(asked.headers["Location"]).json() == document
    listed = citizen.asks("/v1/my/cases", position=position_of(asked)).json()["items"]
    assert {case["caseId"] for case in listed} == {case["caseId"] for case in document["cases"]}
    assert {case["reference"] for case in listed} == {case["reference"] for case in document["cases"]}


def test_its_stage_follows_that_of_its_cases(nursery: Nursery) -> None:
    citizen, official = nursery.people.citizen, nursery.people.official
    asked = nursery.asks()
    first, second = asked.json()["cases"]
    assigned = official.is_drawn_for(first["caseId"])
    taken = {assigned.json()["caseId"]: assigned}
    stages = [citizen.asks(asked.headers["Location"]).json()["stage"]]
    again = official.is_drawn_for(second["caseId"])
    taken[again.json()["caseId"]] = again
    stages.append(citizen.asks(asked.headers["Location"]).json()["stage"])
    one, other = taken[first["caseId"]], taken[second["caseId"]]
    question = official.sends(f"{address_of(one)}/questions", {"question": "Where?"}, seen=one)
    now = citizen.asks(asked.headers["Location"]).json()
    stages.append(now["stage"])
    decision = {"outcome": "refused", "legalBasis": "Act 1", "reasons": "So."}
    official.sends(f"{address_of(other)}/decision", decision, seen=other)
    citizen.sends(f"{address_of(one)}/withdrawal", seen=question)
    last = citizen.asks(asked.headers["Location"]).json()

    assert stages == ["Submitted", "InProgress", "AwaitingApplicant"]
    assert now["stageSince"] == next(case["stageSince"] for case in now["cases"] if case["caseId"] == first["caseId"])
    assert (last["stage"], {case["outcome"] for case in last["cases"]}) == ("Decided", {"refused", None})
    assert {case["stage"] for case in last["cases"]} == {"Decided", "Withdrawn"}


def test_a_life_event_is_the_callers_own(nursery: Nursery) -> None:
    asked = nursery.asks()
    neighbour = nursery.people.neighbour

    unknown = "/v1/my/life-events/01931f6e-7a00-7000-8000-000000000000"
    for path in (asked.headers["Location"], unknown, f"/v1/my/life-events/{asked.json()['cases'][0]['caseId']}"):
        assert_problem(neighbour.asks(path), 404, "no-such-life-event")
    assert neighbour.asks("/v1/my/life-events").json() == {"items": [], "next": None}
    assert neighbour.asks(asked.headers["Location"]).content == neighbour.asks(unknown).content
    assert_problem(neighbour.asks("/v1/my/life-events/birth"), 400, "request-follows-its-schema")


def test_life_events_are_listed_newest_first_page_by_page(nursery: Nursery) -> None:
    citizen = nursery.people.citizen
    asked = [nursery.asks(key=f"key-{number}").json()["lifeEventId"] for number in range(5)]
    seen: list[str] = []
    path = "/v1/my/life-events?limit=2"
    for _ in range(3):
        page = citizen.asks(path)
        seen += [item["lifeEventId"] for item in page.json()["items"]]
        path = page.headers.get("Link", "").partition(">")[0].removeprefix("<")

    assert seen == asked[::-1]
    assert (path, page.json()["next"]) == ("", None)
    for limit in ("0", "101", "x", "-1"):
        assert_problem(citizen.asks(f"/v1/my/life-events?limit={limit}"), 400, "request-follows-its-schema")
    for cursor in ("AA", "x" * 172):
        assert_problem(citizen.asks(f"/v1/my/life-events?cursor={cursor}"), 400, "cursor-is-from-a-page")


def test_a_request_without_an_idempotency_key_is_refused(nursery: Nursery) -> None:
    refused = nursery.asks(key=None)

    assert assert_problem(refused, 400, "idempotency-key-needed")["field"] == "Idempotency-Key"
    assert_problem(nursery.asks(key="x" * 201), 400, "idempotency-key-is-short-text")
    assert cases_of(nursery.people.citizen) == []


def test_a_repeat_gets_the_first_answer(nursery: Nursery) -> None:
    first, again = nursery.asks(), nursery.asks()

    assert (again.status_code, again.content) == (201, first.content)
    assert {name: again.headers[name] for name in ("Location", "Position-Token")} == {
        name: first.headers[name] for name in ("Location", "Position-Token")
    }
    turned = {"parts": dict(reversed(nursery.body()["parts"].items())), "service": nursery.birth}
    assert nursery.people.citizen.sends("/v1/life-events", turned, key="one").content == first.content


def test_the_key_with_another_body_is_refused(nursery: Nursery) -> None:
    nursery.asks()

    assert_problem(nursery.asks(language="en"), 422, "idempotency-key-reused")
    assert_problem(nursery.asks(parts={nursery.name: {}}), 422, "idempotency-key-reused")
    assert nursery.asks(nursery.people.neighbour).status_code == 201, "a key is its caller's own"
    assert nursery.people.citizen.submits(nursery.people.service, key="one").status_code == 201, "or of another route"


def test_many_at_once_with_one_key_make_one_life_event(nursery: Nursery) -> None:
    answers: list[httpx2.Response] = []
    threads = [threading.Thread(target=lambda: answers.append(nursery.asks())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len(nursery.people.citizen.asks("/v1/my/cases", position=position_of(answers[0])).json()["items"]) == 2


def test_of_two_bodies_at_once_with_one_key_one_is_refused_and_the_other_made(nursery: Nursery) -> None:
    answers: list[httpx2.Response] = []
    bodies = [{}, {"language": "en"}] * 3
    threads = [threading.Thread(target=lambda more=more: answers.append(nursery.asks(**more))) for more in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    made = [answer for answer in answers if answer.status_code == 201]
    assert {answer.status_code for answer in answers} == {201, 422}
    assert len({answer.content for answer in made}) == 1
    assert len(nursery.people.citizen.asks("/v1/my/cases", position=position_of(made[0])).json()["items"]) == 2


def test_what_is_wrong_with_the_parts_is_told_at_once_by_part_and_rule(nursery: Nursery) -> None:
    wrong = {nursery.allowance: {"answers": {"x": 1}}, nursery.name: {"answers": {"child.name": 3}}}
    problem = assert_problem(nursery.asks(parts=wrong), 400, "element-unknown")

    assert problem["field"] == f"parts.{nursery.allowance}.answers.x"
    assert [(error["field"], error["rule"]) for error in problem["errors"]] == [
        (f"parts.{nursery.allowance}.answers.x", "element-unknown"),
        (f"parts.{nursery.name}.answers.child.name", "answer-of-wrong-type"),
    ]
    assert problem["detail"].startswith(f"{nursery.allowance}: ")
    assert cases_of(nursery.people.citizen) == []


@pytest.mark.parametrize(
    ("changed", "rule", "fields"),
    [
        ({"parts": {}}, "too-short", ["parts"]),
        ({"parts": []}, "dict-type", ["parts"]),
        ({"parts": None}, "dict-type", ["parts"]),
        ({"parts": {"UPPER": {}}}, "string-pattern-mismatch", ["parts.UPPER.[key]"]),
        ({"parts": {"a" * 64: {}}}, "string-too-long", [f"parts.{'a' * 64}.[key]"]),
        ({"parts": {"a": []}}, "model-type", ["parts.a"]),
        ({"parts": {"a": {"answers": []}}}, "dict-type", ["parts.a.answers"]),
        ({"parts": {"a": {"answers": {}, "language": "en"}}}, "extra-forbidden", ["parts.a.language"]),
        ({"parts": {f"a-{n}": {} for n in range(21)}}, "too-long", ["parts"]),
        ({"service": 5}, "string-type", ["service"]),
        ({"lifeEventId": "mine"}, "extra-forbidden", ["lifeEventId"]),
        ({"answers": {}}, "extra-forbidden", ["answers"]),
    ],
)
def test_a_body_of_another_form_is_refused_with_its_place(
    nursery: Nursery, changed: dict[str, Any], rule: str, fields: list[str]
) -> None:
    problem = assert_problem(nursery.asks(**changed), 400, "request-follows-its-schema")

    assert [error["field"] for error in problem["errors"]] == fields
    assert {error["rule"] for error in problem["errors"]} == {rule}
    assert cases_of(nursery.people.citizen) == []


@pytest.mark.parametrize("text", ["\x00", "\u202e", "\u200b", "\ud800", "\uffff"])
def test_a_text_that_nobody_can_read_is_refused_wherever_it_stands(nursery: Nursery, text: str) -> None:
    written = {
        nursery.name: {"answers": {"child.name": "MARK"}},
        nursery.allowance: nursery.body()["parts"][nursery.allowance],
    }
    body = orjson.dumps(nursery.body(parts=written)).replace(b"MARK", f"\\u{ord(text):04x}".encode())
    headers = {"Content-Type": "application/json", "Idempotency-Key": "one"}
    refused = nursery.people.citizen.http.post("/v1/life-events", content=body, headers=headers)

    assert refused.status_code == 400
    assert refused.json()["rule"].startswith("text-")
    assert cases_of(nursery.people.citizen) == []


def test_a_missing_an_unknown_and_a_withdrawn_part_are_refused_by_name(nursery: Nursery) -> None:
    whole = nursery.body()["parts"]
    missing = {slug: part for slug, part in whole.items() if slug != nursery.name}
    assert assert_problem(nursery.asks(parts=missing), 400, "part-missing")["field"] == f"parts.{nursery.name}"
    unknown = whole | {nursery.people.service: {}}
    refused = assert_problem(nursery.asks(parts=unknown), 400, "part-unknown")
    assert refused["field"] == f"parts.{nursery.people.service}"
    nursery.people.coordinator.sends(f"/v1/services/{nursery.name}/withdrawal")
    withdrawn = assert_problem(nursery.asks(), 409, "service-not-published")
    assert (withdrawn["field"], withdrawn["detail"].partition(":")[0]) == (f"parts.{nursery.name}", nursery.name)
    assert cases_of(nursery.people.citizen) == []


def test_a_life_event_and_a_single_service_are_each_asked_for_in_their_own_way(nursery: Nursery) -> None:
    citizen = nursery.people.citizen

    assert_problem(citizen.submits(nursery.birth, {}), 409, "service-is-a-life-event")
    single: dict[str, Any] = {nursery.people.service: {}}
    assert_problem(nursery.asks(service=nursery.people.service, parts=single), 409, "service-is-no-life-event")
    assert_problem(nursery.asks(service="no-such-service"), 409, "service-not-published")


def test_a_life_event_is_published_only_with_services_that_hold(nursery: Nursery) -> None:
    coordinator, family = nursery.people.coordinator, f"family-{nursery.birth}"
    assert nursery.drafts(f"draft-{nursery.birth}").status_code == 201
    opens = [nursery.name, f"draft-{nursery.birth}", nursery.birth]
    nursery.drafts(family, **nursery.opening(*opens))

    refused = coordinator.sends(f"/v1/services/{family}/publication", {"version": 1})

    problem = assert_problem(refused, 409, "opened-service-not-in-force")
    assert [error["field"] for error in problem["errors"]] == ["definition.opens.1", "definition.opens.2"]
    assert f"draft-{nursery.birth}" in problem["errors"][0]["detail"]


@pytest.mark.parametrize(("accepted", "expected"), [("az", {"az"}), ("en;q=0.5, az", {"az"}), ("fr", {"az", "en"})])
def test_each_case_is_in_the_language_that_its_service_and_the_caller_share(
    nursery: Nursery, accepted: str, expected: set[str]
) -> None:
    citizen = nursery.people.citizen
    headers = {"Idempotency-Key": "one", "Accept-Language": accepted}
    asked = citizen.http.post("/v1/life-events", json=nursery.body(), headers=headers)
    listed = citizen.asks("/v1/my/cases", position=position_of(asked)).json()["items"]

    assert {case["language"] for case in listed} == expected


def test_a_language_that_a_part_does_not_offer_is_refused_by_part(nursery: Nursery) -> None:
    problem = assert_problem(nursery.asks(language="ru"), 400, "language-not-offered")

    assert problem["field"] == "language"
    assert {error["detail"].partition(":")[0] for error in problem["errors"]} == {nursery.name, nursery.allowance}


def test_an_official_sees_nothing_of_a_life_event_in_its_cases(nursery: Nursery) -> None:
    people = nursery.people
    asked = nursery.asks()
    assigned = people.official.is_drawn_for(asked.json()["cases"][0]["caseId"])
    seen = [people.official.asks(f"{address_of(assigned)}{part}").text for part in ("", "/history")]
    seen.append(people.system.asks("/v1/events", position=position_of(asked)).text)
    seen.append(people.auditor.asks("/v1/events", position=position_of(asked)).text)

    for text in seen:
        assert asked.json()["lifeEventId"] not in text
        assert nursery.birth not in text or text in seen[2:]  # the catalogue's own events name the service
