"""The published schemas follow from the types, and events of every version follow their schema."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from domain.event import Event, sealed_fields
from domain.topics import TOPICS
from ledger.published.catalogue import FOLDER, Name, published, schemas
from ledger.published.codec import open_part
from tests.architecture import golden_catalogue
from tests.domain.examples import EXAMPLES
from tests.published import catalogue
from tests.published.examples import BARE, ENVELOPE
from tests.published.following import open_part_follows

GOLDEN = [
    (Name(topic, int(version)), entry["example"])
    for topic, versions in golden_catalogue.read().items()
    for version, entry in versions.items()
]
TODAY = {topic: kind.schema_version for topic, kind in TOPICS.items()}
RECORDED = sorted((Path(__file__).parents[1] / "previous_version").glob("*/events.copy"))


def in_an_envelope(name: Name, data: dict[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(open_part(EXAMPLES[0], ENVELOPE))
    return {**document, "schema": name.version, "data": data}


def recorded(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return topics and open parts of a ledger that an older program wrote (in PostgreSQL's COPY format)."""
    for line in file.read_text().splitlines():
        row = line.split("\t")
        yield row[4], json.loads(bytes.fromhex(row[6].removeprefix("\\\\x")))


def test_the_files_of_todays_versions_are_what_the_types_say() -> None:
    """If you change a type on purpose, run `python -m tests.published.catalogue`."""
    files = published()

    assert {name: files.get(name) for name in catalogue.of_today()} == catalogue.of_today()


def test_there_is_a_file_for_every_version_that_was_ever_stored_and_no_other() -> None:
    assert list(published()) == sorted(name for name, _ in GOLDEN)
    assert len(list(FOLDER.iterdir())) == len(published())


def test_every_file_is_a_schema_that_says_which_it_is() -> None:
    for name, schema in schemas().items():
        Draft202012Validator.check_schema(schema)
        assert schema["$id"] == name.address
        assert schema["properties"]["schema"]["const"] == name.version
        assert "$ref" not in json.dumps(schema)


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: event.topic)
def test_every_example_follows_the_schema_of_its_type(event: Event) -> None:
    for envelope in (ENVELOPE, BARE):
        open_part_follows(event.topic, json.loads(open_part(event, envelope)))


@pytest.mark.parametrize(("name", "example"), GOLDEN, ids=str)
def test_every_version_that_was_ever_stored_follows_its_schema(name: Name, example: dict[str, Any]) -> None:
    open_part_follows(name.topic, in_an_envelope(name, example))


def test_events_that_older_programs_have_written_follow_their_schemas() -> None:
    events = [event for file in RECORDED for event in recorded(file)]

    assert {topic for topic, _ in events} >= {"case.submitted", "service.drafted"}
    for topic, document in events:
        open_part_follows(topic, document)


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: event.topic)
def test_a_schema_is_not_followed_by_less_or_by_more(event: Event) -> None:
    document = json.loads(open_part(event, ENVELOPE))
    spoilt = [{name: value for name, value in document.items() if name != left_out} for left_out in document]
    spoilt += [
        {**document, "data": {name: value for name, value in document["data"].items() if name != left_out}}
        for left_out in document["data"]
    ]
    spoilt += [{**document, "data": {**document["data"], "name": "Leyla"}}] if "name" not in document["data"] else []
    spoilt += [{**document, "schema": 99}, {**document, "occurred_at": "2026-11-25T09:30:00+01:00"}]

    for each in spoilt:
        with pytest.raises(AssertionError):
            open_part_follows(event.topic, each, TODAY[event.topic])


def test_a_member_of_the_envelope_that_nobody_knows_yet_is_let_pass() -> None:
    document = json.loads(open_part(EXAMPLES[0], ENVELOPE))

    open_part_follows(EXAMPLES[0].topic, {**document, "mandate": "of-the-court"})


def test_no_sealed_field_is_in_a_schema() -> None:
    for name, schema in schemas().items():
        assert not schema["properties"]["data"]["properties"].keys() & set(sealed_fields(TOPICS[name.topic]))
