"""Subscriptions as their users meet them: asked for, granted, changed; their filter rules the feed."""

import base64
from typing import Any

import httpx2
import pytest

from tests.api.people import People, address_of, assert_problem, position_of
from tests.api.test_feed import pages, streamed
from tests.api.test_metrics import measured

ENDPOINT = "https://hooks.town.example/in"


@pytest.fixture
def address(people: People) -> str:
    """Where the test's subscription is."""
    return f"/v1/subscriptions/{people.agency}-permits"


def asks_for(people: People, address: str, **body: Any) -> httpx2.Response:
    asked = people.system.sends(address, body, method="PUT")
    assert asked.status_code == 201, asked.text
    return asked


def granted(people: People, address: str, **body: Any) -> httpx2.Response:
    answer = people.coordinator.sends(f"{address}/grant", seen=asks_for(people, address, **body))
    assert answer.status_code == 200, answer.text
    return answer


def test_an_agency_asks_and_the_coordinator_grants(people: People, address: str) -> None:
    asked = asks_for(people, address, services=[people.service], topics=["case.submitted"], endpoint=ENDPOINT)
    assert asked.headers["Location"] == address
    assert asked.headers["ETag"] == '"1"'
    listed = people.coordinator.asks("/v1/subscriptions?status=asked&limit=500", position=position_of(asked))
    assert asked.json()["name"] in [one["name"] for one in listed.json()["items"]]

    answer = people.coordinator.sends(f"{address}/grant", seen=asked)

    assert answer.json()["status"] == "granted"
    told = people.system.asks(address, position=position_of(answer))
    assert told.headers["ETag"] == answer.headers["ETag"] == '"2"'
    assert told.json() | {"askedAt": "", "decidedAt": ""} == {
        "name": f"{people.agency}-permits",
        "agency": people.agency,
        "status": "granted",
        "services": [people.service],
        "topics": ["case.submitted"],
        "endpoint": ENDPOINT,
        "reason": None,
        "version": 2,
        "askedAt": "",
        "decidedAt": "",
        "endedAt": None,
        "webhook": None,
    }


def test_the_coordinator_refuses_with_a_reason_and_the_agency_asks_for_something_else(
    people: People, address: str
) -> None:
    asked = asks_for(people, address)
    reason = {"en": "Ask for less.", "az": "Az istəyin."}

    refused = people.coordinator.sends(f"{address}/refusal", {"reason": reason}, seen=asked)

    assert refused.json()["status"] == "refused"
    assert people.system.asks(address, position=position_of(refused)).json()["reason"] == reason
    same = people.system.sends(address, {}, method="PUT")
    assert (same.status_code, same.json()["status"]) == (200, "refused")
    again = people.system.sends(address, {"services": [people.service]}, method="PUT")
    assert (again.status_code, again.json()["status"], again.headers["ETag"]) == (200, "asked", '"3"')
    assert people.system.asks(address, position=position_of(again)).json()["reason"] is None


def test_asking_for_the_same_again_changes_nothing(people: People, address: str) -> None:
    answer = granted(people, address, services=[people.service])

    again = people.system.sends(address, {"services": [people.service]}, method="PUT")

    assert (again.status_code, again.headers["ETag"]) == (200, answer.headers["ETag"])
    assert "Position-Token" not in again.headers
    other = people.system.sends(address, {}, method="PUT")
    assert_problem(other, 409, "subscription-already-granted")


def test_what_is_granted_is_what_the_coordinator_has_seen(people: People, address: str) -> None:
    seen = asks_for(people, address, services=[people.service])
    changed = people.system.sends(address, {}, method="PUT")

    refused = people.coordinator.sends(f"{address}/grant", seen=seen)

    assert_problem(refused, 412, "subscription-has-moved-on")
    assert refused.headers["ETag"] == changed.headers["ETag"]
    assert_problem(people.coordinator.sends(f"{address}/grant"), 428, "if-match-needed")


@pytest.mark.parametrize(
    ("body", "rule", "field"),
    [
        ({"services": ["nobodys"]}, "subscribed-service-unknown", "services"),
        ({"topics": ["case.opened"]}, "topic-unknown", "topics"),
        ({"endpoint": "https://user:secret@town.example/in"}, "endpoint-not-an-address", "endpoint"),
        ({"endpoint": "http://town.example/in"}, "endpoint-not-allowed", "endpoint"),
        ({"endpoint": "https://127.0.0.1/in"}, "endpoint-not-allowed", "endpoint"),
        ({"endpoint": "https://[::ffff:10.0.0.1]/in"}, "endpoint-not-allowed", "endpoint"),
    ],
)
def test_what_cannot_work_is_refused_when_it_is_asked_for(
    people: People, address: str, body: dict[str, Any], rule: str, field: str
) -> None:
    problem = assert_problem(people.system.sends(address, body, method="PUT"), 400, rule)

    assert problem["field"] == field


@pytest.mark.parametrize("body", [{"services": []}, {"topics": []}, {"filter": "x"}])
def test_a_body_that_does_not_follow_its_schema_is_refused(people: People, address: str, body: dict[str, Any]) -> None:
    assert_problem(people.system.sends(address, body, method="PUT"), 400, "request-follows-its-schema")


def test_another_agencys_subscription_is_not_there(people: People, address: str) -> None:
    seen = granted(people, address, endpoint=ENDPOINT)
    other = people.other_system

    for answer in (
        other.asks(address),
        other.asks(f"{address}/secret"),
        other.sends(f"{address}/endpoint", {"endpoint": None}, method="PUT", seen=seen),
        other.sends(f"{address}/secret", seen=seen),
        other.sends(f"{address}/replay", {"after": 0}, seen=seen),
        other.sends(f"{address}/ending", seen=seen),
        other.asks(f"/v1/events?subscription={seen.json()['name']}"),
        people.system.asks("/v1/subscriptions/nobodys"),
    ):
        assert_problem(answer, 404, "no-such-subscription")
    assert other.asks("/v1/subscriptions", position=position_of(seen)).json()["items"] == []
    assert other.asks(f"/v1/subscriptions?agency={people.agency}").json()["items"] == []
    audited = people.auditor.asks(f"/v1/subscriptions?agency={people.agency}", position=position_of(seen))
    assert [one["name"] for one in audited.json()["items"]] == [seen.json()["name"]]


def test_an_agency_that_is_not_registered_subscribes_to_nothing(people: People) -> None:
    answer = people.other_system.sends("/v1/subscriptions/elsewhere", method="PUT")

    assert_problem(answer, 409, "subscriber-not-registered")


def test_a_name_is_taken_for_ever(people: People, address: str) -> None:
    entry = {"name": {"en": "Other"}, "timeZone": "UTC", "desks": ["one"]}
    assert people.coordinator.sends(f"/v1/agencies/other-{people.agency}", entry, method="PUT").is_success
    seen = granted(people, address)

    taken = people.other_system.sends(address, method="PUT")
    ended = people.system.sends(f"{address}/ending", seen=seen)

    assert_problem(taken, 409, "subscription-of-another-agency")
    assert ended.json()["status"] == "ended"
    assert_problem(people.system.sends(address, method="PUT"), 409, "subscription-already-ended")


def test_the_secret_is_the_agencys_alone_and_is_in_no_event(people: People, address: str) -> None:
    seen = granted(people, address, endpoint=ENDPOINT)
    first = people.system.asks(f"{address}/secret").json()

    rotated = people.system.sends(f"{address}/secret", seen=seen)
    second = people.system.asks(f"{address}/secret").json()

    assert len(base64.b64decode(first["secret"].removeprefix("whsec_"), validate=True)) == 32
    assert (first["number"], first["previousSecret"], first["previousUntil"]) == (1, None, None)
    assert (second["number"], second["previousSecret"]) == (2, first["secret"])
    assert second["previousUntil"].endswith("Z")
    assert second["secret"] != first["secret"]
    for reader in (people.coordinator, people.auditor, people.official, people.citizen):
        assert_problem(reader.asks(f"{address}/secret"), 403, "role-may-not")
    log = people.auditor.asks(f"/v1/events?agency={people.agency}&limit=1000", position=position_of(rotated)).text
    raw = [one["secret"].removeprefix("whsec_") for one in (first, second)]
    assert "subscription.secret_rotated" in log
    assert not any(secret in log or base64.b64decode(secret).hex() in log for secret in raw)


def test_the_endpoint_is_changed_at_its_own_address(people: People, address: str) -> None:
    seen = granted(people, address, endpoint=ENDPOINT)

    moved = people.system.sends(
        f"{address}/endpoint", {"endpoint": "https://other.town.example/in"}, method="PUT", seen=seen
    )

    assert moved.json()["endpoint"] == "https://other.town.example/in"
    assert_problem(
        people.system.sends(f"{address}/endpoint", {"endpoint": "https://10.0.0.1/"}, method="PUT", seen=moved),
        400,
        "endpoint-not-allowed",
    )
    assert_problem(
        people.system.sends(f"{address}/endpoint", {}, method="PUT", seen=moved), 400, "request-follows-its-schema"
    )


def test_a_replay_begins_within_the_agencys_feed(people: People, address: str) -> None:
    seen = granted(people, address, endpoint=ENDPOINT)
    last = list(pages(people.system, "/v1/events", position_of(seen)))[-1]["sequence"]

    beyond = people.system.sends(f"{address}/replay", {"after": last + 1}, seen=seen)
    asked = people.system.sends(f"{address}/replay", {"after": last}, seen=seen)

    assert_problem(beyond, 400, "replay-beyond-the-feed")
    assert asked.status_code == 200, asked.text
    events = list(pages(people.system, "/v1/events?topic=subscription.replay_asked", position_of(asked)))
    assert [event["data"]["data"] for event in events] == [{"after": last}]


def test_the_feed_of_a_subscription_is_what_was_granted_in_a_chain(people: People, address: str) -> None:
    for _ in range(3):
        submitted = people.citizen.submits(people.service)
        people.citizen.sends(f"{address_of(submitted)}/withdrawal", seen=submitted)
    written = granted(people, address, topics=["case.withdrawn"], services=[people.service])
    name = written.json()["name"]

    items = list(pages(people.system, f"/v1/events?limit=2&subscription={name}", position_of(written)))

    assert [item["type"] for item in items] == ["case.withdrawn"] * 3
    assert [item["previous"] for item in items] == [0, *(item["sequence"] for item in items[:-1])]
    assert [event for _, event in streamed(people.system, 3, query=f"subscription={name}")] == items
    assert list(pages(people.auditor, f"/v1/events?subscription={name}")) == items


def test_only_a_granted_subscription_tells_anything_and_it_stands_alone(people: People, address: str) -> None:
    asked = asks_for(people, address)
    feed = f"/v1/events?subscription={asked.json()['name']}"

    assert_problem(people.system.asks(feed), 409, "subscription-not-granted")
    answer = people.coordinator.sends(f"{address}/grant", seen=asked)
    for beside in ("topic=case.closed", f"service={people.service}"):
        assert_problem(people.system.asks(f"{feed}&{beside}"), 400, "subscription-stands-alone")
    assert_problem(people.auditor.asks(f"{feed}&agency={people.agency}"), 400, "subscription-stands-alone")
    assert people.system.asks(feed).status_code == 200
    people.system.sends(f"{address}/ending", seen=answer)
    assert_problem(people.system.asks(feed), 409, "subscription-not-granted")
    assert_problem(people.system.asks(feed.replace("?", "/stream?")), 409, "subscription-not-granted")


def test_an_agencys_subscriptions_come_page_by_page(people: People) -> None:
    for number in range(5):
        last = asks_for(people, f"/v1/subscriptions/{people.agency}-{number}")

    names: list[str] = []
    page = people.system.asks("/v1/subscriptions?limit=2", position=position_of(last))
    while True:
        names += [one["name"] for one in page.json()["items"]]
        if "next" not in page.links:
            break
        page = people.system.asks(page.links["next"]["url"])

    assert names == [f"{people.agency}-{number}" for number in range(5)]


def test_a_webhook_that_nobody_delivers_shows_in_the_metrics_until_it_ends(people: People, address: str) -> None:
    seen = granted(people, address, endpoint=ENDPOINT)
    people.system.asks(address, position=position_of(seen))
    name = seen.json()["name"]

    told = measured(people)
    assert told["pencere_webhook_waiting_seconds", name] > 0
    assert (told["pencere_webhook_failing_seconds", name], told["pencere_webhook_disabled", name]) == (0, 0)

    ended = people.system.sends(f"{address}/ending", seen=seen)
    people.system.asks(address, position=position_of(ended))
    assert ("pencere_webhook_waiting_seconds", name) not in measured(people)
