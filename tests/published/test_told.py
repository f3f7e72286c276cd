"""Everything that a window really sends follows its published documents, and the window serves these documents."""

import json
from typing import Any

from ledger.published.catalogue import published, schemas
from tests.api.people import Person, assert_problem
from tests.api.running import RunningWindow
from tests.api.test_feed import pages, streamed
from tests.published.following import ASYNCAPI, streamed_follows


def test_the_demonstrations_whole_feed_is_as_published(demonstration: RunningWindow, auditor: Person) -> None:
    submitted = next(event for event in pages(auditor, "/v1/events") if event["type"] == "case.submitted")
    assert auditor.asks(f"/v1/cases/{submitted['subject']}").is_success
    looked = demonstration.everything_recorded()

    told: list[dict[str, Any]] = list(pages(auditor, "/v1/events?limit=1000", looked))

    for event in told:
        streamed_follows(event)
    assert [event["position"] for event in told] == list(range(1, int(looked) + 1))
    assert {event["type"] for event in told} >= {
        "agency.registered",
        "case.submitted",
        "case.withdrawn",
        "look.recorded",
        "service.published",
        "subscription.granted",
    }


def test_an_agencys_feed_and_its_stream_are_as_published(demonstration: RunningWindow, agency: Person) -> None:
    told: list[dict[str, Any]] = list(pages(agency, "/v1/events?limit=1000", demonstration.everything_recorded()))

    assert len(told) > 10
    for event in told:
        streamed_follows(event)
    assert [event for _, event in streamed(agency, len(told))] == told


def test_every_schema_is_listed_and_served_as_its_file_has_it(anyone: Person) -> None:
    listed = anyone.asks("/v1/schemas/events")

    assert listed.headers["Cache-Control"] == "public, max-age=3600"
    assert [(item["topic"], item["version"]) for item in listed.json()["items"]] == list(published())
    newest = {item["topic"]: item["version"] for item in listed.json()["items"] if item["newest"]}
    assert newest["case.submitted"] == 4
    assert newest["case.closed"] == 1
    assert newest.keys() == {name.topic for name in published()}
    for item, text in zip(listed.json()["items"], published().values(), strict=True):
        answer = anyone.asks(item["href"])
        assert answer.content == text
        assert answer.headers["Content-Type"] == "application/schema+json"
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
        assert answer.json()["$id"] == item["href"]


def test_a_schema_that_there_is_not_is_a_problem(anyone: Person) -> None:
    at = "/v1/schemas/events"

    assert_problem(anyone.asks(f"{at}/case.submitted/5"), 404, "nothing-of-that-name")
    assert_problem(anyone.asks(f"{at}/case.nothing/1"), 404, "nothing-of-that-name")
    assert_problem(anyone.asks(f"{at}/case.submitted/0"), 400, "request-follows-its-schema")
    assert_problem(anyone.asks(f"{at}/..%2f..%2fetc/1"), 404, "no-such-address")


def test_the_asyncapi_document_is_served_beside_the_openapi_document_and_linked(anyone: Person) -> None:
    served = anyone.asks("/asyncapi.json")

    assert served.headers["Content-Type"] == "application/json"
    assert json.loads(served.content) == ASYNCAPI
    assert "/v1/schemas/events" in anyone.asks("/openapi.json").json()["paths"]
    for page in ("/", "/docs"):
        assert 'href="/asyncapi.json"' in anyone.asks(page).text
    assert all(str(name) in ASYNCAPI["components"]["messages"] for name in schemas())
