"""Stored names and shapes stay: the golden catalogue holds everything that the ledger may hold."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from domain.case.state import evolve as evolve_case
from domain.event import Event, sealed_fields
from domain.topics import TOPICS
from domain.upcasts import UnknownSchemaVersionError, Upcasts, upcast, walk
from tests.domain import golden_catalogue
from tests.domain.examples import EXAMPLES
from tests.domain.town import SUBMITTED

GOLDEN = golden_catalogue.read()
STORED = [(topic, int(version)) for topic, versions in GOLDEN.items() for version in versions]


def all_events(kind: type[Event] = Event) -> Iterator[type[Event]]:
    for child in kind.__subclasses__():
        yield child
        yield from all_events(child)


def test_every_event_type_has_its_topic_and_no_topic_was_lost() -> None:
    assert set(TOPICS) == set(GOLDEN)
    assert set(TOPICS.values()) == {kind for kind in all_events() if kind.__module__.startswith("domain.")}
    assert all(kind.topic == topic for topic, kind in TOPICS.items())


@pytest.mark.parametrize("topic", TOPICS)
def test_a_schema_changes_only_with_the_catalogue(topic: str) -> None:
    """When this fails on purpose: see the head of golden_catalogue.py."""
    kind = TOPICS[topic]
    golden = GOLDEN[topic][str(kind.schema_version)]

    assert golden_catalogue.entry(kind, golden_catalogue.example_of(topic)) == golden


@pytest.mark.parametrize(("topic", "version"), STORED)
def test_every_event_that_was_ever_stored_still_loads(topic: str, version: int) -> None:
    example = GOLDEN[topic][str(version)]["example"]
    event = TOPICS[topic].model_validate_json(json.dumps(upcast(topic, version, example)))

    assert all(getattr(event, name) is None for name in sealed_fields(type(event)))


@pytest.mark.parametrize("topic", TOPICS)
def test_there_is_a_way_from_every_version_to_todays(topic: str) -> None:
    assert {int(version) for version in GOLDEN[topic]} == set(range(1, TOPICS[topic].schema_version + 1))


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: event.topic)
def test_sealed_fields_stay_out_of_the_open_part(event: Event) -> None:
    sealed = sealed_fields(type(event))
    opened = event.model_dump(mode="json", exclude=set(sealed))

    assert not set(sealed) & set(opened)
    assert all(getattr(event, name) is not None for name in sealed)
    assert not any(isinstance(value, float) for value in leaves(opened))


@pytest.mark.parametrize("event", [event for event in EXAMPLES if event.topic.startswith("case.")], ids=type)
def test_a_case_can_tell_what_each_of_its_events_means(event: Event) -> None:
    evolve_case(None if event is SUBMITTED else evolve_case(None, SUBMITTED), event)


def test_the_sealed_fields_are_these() -> None:
    assert {topic: sealed_fields(kind) for topic, kind in TOPICS.items() if sealed_fields(kind)} == {
        "case.applicant_answered": ("answer", "answers"),
        "case.applicant_asked": ("question",),
        "case.decided": ("reasons",),
        "case.reopened": ("reason",),
        "case.step_recorded": ("note",),
        "case.submitted": ("answers",),
        "case.withdrawn": ("reason",),
    }


def test_an_event_takes_no_unknown_field_and_never_changes() -> None:
    with pytest.raises(ValidationError):
        type(SUBMITTED).model_validate(SUBMITTED.model_dump() | {"nickname": "x"})
    with pytest.raises(ValidationError):
        SUBMITTED.desk = "back"  # type: ignore[misc] # that is the point


def test_an_upcast_takes_every_step_of_the_way() -> None:
    table: Upcasts = {
        ("x", 1): lambda data: {**data, "two": True},
        ("x", 2): lambda data: {"three": data["two"]},
    }

    assert walk("x", 1, 3, {"one": 1}, table) == {"three": True}
    assert walk("x", 3, 3, {"three": 0}, table) == {"three": 0}


@pytest.mark.parametrize(("version", "current"), [(1, 3), (4, 3)])
def test_an_event_of_an_unknown_version_is_never_guessed_at(version: int, current: int) -> None:
    with pytest.raises(UnknownSchemaVersionError):
        walk("x", version, current, {}, {("x", 1): dict})


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for part in value.values():
            yield from leaves(part)
    elif isinstance(value, list):
        for part in value:
            yield from leaves(part)
    else:
        yield value
