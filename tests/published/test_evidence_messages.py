"""The messages between the window and resources are published, followed, and stay readable."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from application.evidence.signing import imported
from domain.evidence.faults import NotAcceptedError
from domain.evidence.json_text import read_asked, read_reply, written
from domain.evidence.messages import MESSAGES
from domain.values import Value
from ledger.published.channels import answers_topic, requests_topic
from ledger.published.evidence import FOLDER, VERSION, MessageName, message_schemas, published_messages
from ledger.published.schemas import Schema
from tests.api.people import Person
from tests.evidence.examples import every_message
from tests.published import catalogue
from tests.published.compatibility import complaints
from tests.published.following import ASYNCAPI
from tests.published.spoken import first_spoken, messages

EXAMPLES = every_message()
REPLIES = [message for message in EXAMPLES if json.loads(written(message))["type"] not in {"request", "dispute"}]
Edit = Callable[[Schema], object]


def validator(document: dict[str, Any]) -> Draft202012Validator:
    schema = message_schemas()[MessageName(document["type"], VERSION)]
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def test_the_files_are_what_the_types_say_and_there_is_one_for_every_message() -> None:
    """If you change a message on purpose, run `python -m tests.published.catalogue`."""
    assert dict(published_messages()) == catalogue.messages_of_today()
    assert {name.message for name in published_messages()} == set(MESSAGES)
    assert len(list(FOLDER.iterdir())) == len(MESSAGES)


def test_every_file_is_a_schema_that_says_which_it_is() -> None:
    for name, schema in message_schemas().items():
        Draft202012Validator.check_schema(schema)
        assert schema["$id"] == name.address
        assert schema["properties"]["type"]["const"] == name.message
        assert {"type", "spec"} <= set(schema["required"])
        assert "$ref" not in json.dumps(schema)


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda message: type(message).__name__)
def test_every_message_that_is_written_follows_its_schema(message: Value) -> None:
    document = json.loads(written(message))

    validator(document).validate(document)


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda message: type(message).__name__)
def test_what_a_schema_demands_is_what_is_read(message: Value) -> None:
    """Take each member away, and add one: the schema and the reader agree about every result."""
    document = json.loads(written(message))
    spoilt = [{name: value for name, value in document.items() if name != left_out} for left_out in document]
    for each in [*spoilt, {**document, "colour": "blue"}, {**document, "issuedAt": "yesterday"}]:
        kind = document["type"]
        schema = Draft202012Validator(
            message_schemas()[MessageName(kind, VERSION)], format_checker=Draft202012Validator.FORMAT_CHECKER
        )
        try:
            (read_asked if kind in {"request", "dispute"} else read_reply)(json.dumps(each).encode())
        except NotAcceptedError:
            is_read = False
        else:
            is_read = True
        # Rules between members are the reader's alone: a schema may allow more, and never less.
        assert is_read <= schema.is_valid(each)
        if "colour" in each:
            assert is_read == schema.is_valid(each)


def test_a_resource_is_told_that_its_messages_are_closed_and_that_requests_may_grow() -> None:
    closed = {name.message for name, schema in message_schemas().items() if schema.get("additionalProperties") is False}

    assert closed == set(MESSAGES) - {"request", "dispute"}


def test_whoever_reads_the_messages_as_first_spoken_can_read_todays() -> None:
    """If you change a message on purpose, see the head of spoken.py."""
    assert complaints(first_spoken(), messages()) == []
    assert first_spoken().keys() == messages().keys()


@pytest.mark.parametrize(
    ("name", "edit", "complaint"),
    [
        ("answer", lambda it: it["properties"].pop("requestHash"), "evidence.answer.1.requestHash is gone"),
        ("answer", lambda it: it["required"].remove("requestHash"), "evidence.answer.1.requestHash is promised no"),
        ("answer", lambda it: it["properties"].update(x={}), "evidence.answer.1.x has come to what is closed"),
        ("request", lambda it: it["properties"]["asOf"].update(type="integer"), "evidence.request.1.asOf was string"),
        ("request", lambda it: it["properties"]["spec"].update(const="pencere-evidence/2"), "spec differs"),
        ("error", lambda it: it["properties"]["code"]["enum"].remove("NotFound"), "code loses the value NotFound"),
        ("error", lambda it: it["properties"]["code"]["enum"].append("Tired"), "code may be Tired"),
    ],
)
def test_a_change_that_breaks_a_resource_is_found(name: str, edit: Edit, complaint: str) -> None:
    present = {each: copy.deepcopy(schema) for each, schema in messages().items()}
    [changed] = [schema for each, schema in present.items() if each.topic == f"evidence.{name}"]
    edit(changed)

    assert any(complaint in each for each in complaints(first_spoken(), present))


def test_a_request_may_grow() -> None:
    present = {each: copy.deepcopy(schema) for each, schema in messages().items()}
    next(schema for name, schema in present.items() if name.topic == "evidence.request")["properties"]["colour"] = {}

    assert complaints(first_spoken(), present) == []


def test_the_asyncapi_document_has_each_message_once_and_the_topics_as_they_are() -> None:
    channels = ASYNCAPI["channels"]
    asked, answered = channels["evidence-requests"], channels["evidence-answers"]

    assert asked["address"] == requests_topic("{resource}")
    assert answered["address"] == answers_topic("{resource}")
    assert not asked["messages"].keys() & answered["messages"].keys()
    assert {*asked["messages"], *answered["messages"]} == {str(name) for name in message_schemas()}
    assert channels["evidence-endpoint"]["messages"].keys() == {*asked["messages"], *answered["messages"]}


@pytest.mark.parametrize("message", REPLIES, ids=lambda message: type(message).__name__)
def test_a_message_follows_what_the_asyncapi_document_says_is_signed(message: Value) -> None:
    document = json.loads(written(message))
    told = ASYNCAPI["components"]["messages"][f"evidence.{document['type']}.{VERSION}"]
    name = told["payload"]["x-signed"]["$ref"].rpartition("/")[2]

    Draft7Validator(ASYNCAPI["components"]["schemas"][name]).validate(document)


def test_a_schema_is_served_as_it_is_listed(anyone: Person) -> None:
    items = anyone.asks("/v1/schemas/evidence").json()["items"]

    assert [item["message"] for item in items] == sorted(MESSAGES)
    for item in items:
        served = anyone.asks(item["href"])
        assert served.content == published_messages()[MessageName(item["message"], item["version"])]
        assert served.headers["content-type"] == "application/schema+json"
    assert anyone.asks("/v1/schemas/evidence/request/2").status_code == 404
    assert anyone.asks("/v1/schemas/evidence/REQUEST/1").status_code == 400


def test_anybody_can_fetch_the_public_keys_of_the_window_and_nothing_secret(anyone: Person) -> None:
    keys = anyone.asks("/v1/evidence/keys").json()["keys"]

    assert [(key["crv"], key["use"]) for key in keys] == [("Ed25519", "sig"), ("X25519", "enc")]
    for key in keys:
        assert key.keys() == {"kty", "crv", "x", "kid", "alg", "use"}
        assert imported(key).thumbprint() == key["kid"]
