"""Stored names and forms never change: the golden catalogue has everything that the ledger may hold."""

import copy
from collections.abc import Iterator
from typing import ClassVar

import pytest

from domain.case.events import CaseClosed, StepRecorded
from domain.event import Event
from domain.topics import TOPICS
from domain.upcasts import UPCASTS, UnknownSchemaVersionError, Upcasts, walk
from domain.values import Line, Slug
from tests.architecture import golden_catalogue
from tests.architecture.golden_catalogue import Catalogue, Topics, complaints
from tests.domain.examples import EXAMPLES

GOLDEN = golden_catalogue.read()
STEP = "case.step_recorded"


def all_events(kind: type[Event] = Event) -> Iterator[type[Event]]:
    for child in kind.__subclasses__():
        yield child
        yield from all_events(child)


def test_everything_that_was_ever_stored_still_loads() -> None:
    """If you change an event on purpose, see the head of golden_catalogue.py."""
    assert complaints(GOLDEN, TOPICS, UPCASTS) == []


def test_every_event_type_has_its_topic() -> None:
    assert set(TOPICS.values()) == {kind for kind in all_events() if kind.__module__.startswith("domain.")}


def test_there_is_one_example_of_every_topic() -> None:
    assert sorted(event.topic for event in EXAMPLES) == sorted(TOPICS)


class OneMoreField(StepRecorded):
    """The present event, with a field that old events do not have."""

    desk: Slug


class SecondVersion(OneMoreField):
    """The same, with its own version."""

    schema_version: ClassVar[int] = 2


class OpenNote(StepRecorded):
    """A sealed field that has become open."""

    note: Line | None = None


class StricterStep(StepRecorded):
    """A field that accepts less than before."""

    step: Slug


def test_a_topic_that_is_lost_or_renamed_is_found() -> None:
    renamed = {("case.step_done" if topic == STEP else topic): kind for topic, kind in TOPICS.items()}

    assert complaints(GOLDEN, renamed, UPCASTS) == [
        f"{STEP}: lost or renamed",
        f"case.step_done: its type says {STEP}",
        "case.step_done: the catalogue must hold the versions 1 to 1",
    ]


@pytest.mark.parametrize("kind", [OneMoreField, OpenNote, StricterStep, CaseClosed])
def test_a_schema_that_changed_without_a_new_version_is_found(kind: type[Event]) -> None:
    found = complaints(GOLDEN, {**TOPICS, STEP: kind}, UPCASTS)

    assert f"{STEP}: the schema changed, its version 1 did not" in found


def test_an_example_that_no_longer_loads_is_found() -> None:
    found = complaints(GOLDEN, {**TOPICS, STEP: OneMoreField}, UPCASTS)

    assert f"{STEP}: the example of version 1 no longer loads" in found


def second_version_catalogued() -> Catalogue:
    golden = copy.deepcopy(GOLDEN)
    example = {"step": "T02 Check", "desk": "front"}
    golden[STEP]["2"] = {**golden_catalogue.shape(SecondVersion), "example": example}
    return golden


def test_a_new_version_needs_an_upcast_and_both_its_examples() -> None:
    topics: Topics = {**TOPICS, STEP: SecondVersion}
    upcasts: Upcasts = {**UPCASTS, (STEP, 1): lambda data: {**data, "desk": "front"}}
    golden = second_version_catalogued()
    without_the_old = copy.deepcopy(golden)
    del without_the_old[STEP]["1"]

    assert complaints(golden, topics, upcasts) == []
    assert complaints(golden, topics, UPCASTS) == [f"{STEP}: the example of version 1 no longer loads"]
    assert complaints(GOLDEN, topics, upcasts) == [f"{STEP}: the catalogue must hold the versions 1 to 2"]
    assert complaints(without_the_old, topics, upcasts) == [f"{STEP}: the catalogue must hold the versions 1 to 2"]


def test_other_words_in_a_docstring_are_no_change() -> None:
    reworded = type("StepRecorded", (StepRecorded,), {"__doc__": "Other words.", "__module__": __name__})

    assert golden_catalogue.shape(reworded) == golden_catalogue.shape(StepRecorded)


def test_an_upcast_takes_every_step_of_the_way() -> None:
    table: Upcasts = {
        ("x", 1): lambda data: {**data, "two": True},
        ("x", 2): lambda data: {"three": data["two"]},
    }

    assert walk("x", 1, 3, {"one": 1}, table) == {"three": True}
    assert walk("x", 3, 3, {"three": 0}, table) == {"three": 0}


@pytest.mark.parametrize(("version", "current"), [(1, 3), (4, 3), (0, 3)])
def test_an_event_of_an_unknown_version_is_never_guessed_at(version: int, current: int) -> None:
    with pytest.raises(UnknownSchemaVersionError):
        walk("x", version, current, {}, {("x", 1): dict})
