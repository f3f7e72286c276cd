"""Published events stay readable: compares the present catalogue with the last released one, and plants violations."""

import copy
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.published.catalogue import Name, schemas
from ledger.published.schemas import Schema
from tests.published.compatibility import complaints
from tests.published.releasing import NotReleasedError, last_released, release
from tests.published.spoken import messages

PRESENT = {**schemas(), **messages()}
SUBMITTED = Name("case.submitted", 4)
DRAFTED = Name("service.drafted", 4)
Edit = Callable[[Schema], object]


def after(edit: Edit, name: Name = SUBMITTED) -> list[str]:
    """Return the complaints when a released schema changes into another one, each once.

    A break of a version that has one before it is found twice: it differs from its own release, and from that one.
    """
    present = copy.deepcopy(PRESENT)
    edit(present[name])
    return list(dict.fromkeys(complaints(PRESENT, present)))


def data(schema: Schema) -> Schema:
    return member(schema, "data")


def member(schema: Schema, *path: str) -> Schema:
    for name in path:
        schema = schema["properties"][name]
    return schema


def question(schema: Schema) -> Schema:
    found: Schema = member(schema, "data", "definition", "questions")["items"]
    return found


def test_whoever_reads_the_last_released_catalogue_can_read_the_present_one() -> None:
    """If you change the catalogue on purpose, see the head of compatibility.py."""
    assert complaints(last_released(), PRESENT) == []


@pytest.mark.parametrize(
    ("edit", "complaint"),
    [
        (lambda it: data(it)["properties"].pop("desk"), "case.submitted.4.data.desk is gone"),
        (lambda it: data(it)["required"].remove("desk"), "case.submitted.4.data.desk is promised no longer"),
        (lambda it: it["required"].remove("actor"), "case.submitted.4.actor is promised no longer"),
        (
            lambda it: data(it)["properties"].update(floor={"type": "integer"}),
            "case.submitted.4.data.floor has come to what is closed",
        ),
        (
            lambda it: (it["properties"].update(mandate={"type": "string"}), it["required"].append("mandate")),
            "case.submitted.4.mandate is promised, and older events have none",
        ),
        (
            lambda it: member(it, "data", "service_version").update(type="string"),
            "case.submitted.4.data.service_version was integer and is string",
        ),
        (
            lambda it: member(it, "data", "service_version").update(type="number"),
            "case.submitted.4.data.service_version widens: it was integer and is number",
        ),
        (
            lambda it: member(it, "data", "service_version").update(minimum=2),
            "case.submitted.4.data.service_version narrows: minimum was 1 and is 2",
        ),
        (
            lambda it: member(it, "data", "desk").update(maxLength=40),
            "case.submitted.4.data.desk narrows: maxLength was 63 and is 40",
        ),
        (
            lambda it: member(it, "data", "desk").pop("maxLength"),
            "case.submitted.4.data.desk widens: maxLength was 63 and is None",
        ),
        (
            lambda it: member(it, "data", "desk").update(pattern="^.*$"),
            "case.submitted.4.data.desk differs: pattern was ^[a-z0-9]+(-[a-z0-9]+)*$ and is ^.*$",
        ),
        (
            lambda it: member(it, "data", "last_day")["anyOf"].pop(),
            "case.submitted.4.data.last_day narrows: it is no null any more",
        ),
        (
            lambda it: member(it, "data", "last_day")["anyOf"].append({"type": "integer"}),
            "case.submitted.4.data.last_day widens: it may be a integer",
        ),
        (
            lambda it: member(it, "actor", "role")["examples"].remove("clock"),
            "case.submitted.4.actor.role loses the value clock",
        ),
        (lambda it: member(it, "agencies")["items"].update(maxLength=9), "case.submitted.4.agencies[] narrows: "),
        (lambda it: member(it, "data", "open_answers").update(patternProperties={}), "open_answers differs: "),
        (lambda it: data(it).pop("additionalProperties"), "case.submitted.4.data opens"),
        (lambda it: it.update(additionalProperties=False), "case.submitted.4 closes"),
        (lambda it: member(it, "schema").update(const=5), "case.submitted.4.schema differs: const was 4 and is 5"),
        (lambda it: it.update(minProperties=1), "case.submitted.4 narrows: minProperties was None and is 1"),
    ],
)
def test_a_change_that_breaks_a_reader_is_found(edit: Edit, complaint: str) -> None:
    assert any(complaint in each for each in after(edit))


def test_a_break_deep_within_a_list_is_found() -> None:
    found = after(lambda it: question(it)["properties"]["type"]["enum"].remove("date"), DRAFTED)

    assert found == ["service.drafted.4.data.definition.questions[].type loses the value date"]


@pytest.mark.parametrize(
    "edit",
    [
        lambda it: it.update(title="Other words", description="Other words."),
        lambda it: it["properties"].update(mandate={"type": "string"}),
        lambda it: member(it, "actor")["properties"].update(mandate={"type": "string"}),
        lambda it: member(it, "actor", "role")["examples"].append("witness"),
        lambda it: member(it, "origin")["examples"].append("replica"),
    ],
)
def test_what_a_reader_may_ignore_may_come(edit: Edit) -> None:
    assert after(edit) == []


def test_a_member_called_like_a_word_of_schemas_is_a_member() -> None:
    found = after(lambda it: member(it, "data", "definition")["properties"].pop("description"), DRAFTED)

    assert found == ["service.drafted.4.data.definition.description is gone"]


@pytest.mark.parametrize("name", [Name("case.closed", 1), Name("case.submitted", 1)])
def test_what_was_published_is_never_taken_back(name: Name) -> None:
    present = {each: schema for each, schema in PRESENT.items() if each != name}

    assert f"{name} is published no longer" in complaints(PRESENT, present)


def second_version(edit: Edit, first: Name = SUBMITTED) -> list[str]:
    """Return the complaints when another version follows the last released one."""
    number = first.version + 1
    second = copy.deepcopy(PRESENT[first])
    member(second, "schema")["const"] = number
    edit(second)
    return complaints(PRESENT, {**PRESENT, Name(first.topic, number): second})


def kinds_of_terms(schema: Schema) -> list[str]:
    found: list[str] = member(schema, "data", "definition", "term")["anyOf"][0]["properties"]["kind"]["enum"]
    return found


def test_a_value_that_is_lost_or_that_nobody_was_told_is_found() -> None:
    kind = "data.definition.term(object).kind"

    assert after(lambda it: kinds_of_terms(it).remove("working"), DRAFTED) == [
        f"service.drafted.4.{kind} loses the value working"
    ]
    [widened] = after(lambda it: kinds_of_terms(it).append("lunar"), DRAFTED)
    assert f"service.drafted.4.{kind} may be lunar, which nobody was told" in widened
    assert second_version(lambda it: kinds_of_terms(it).remove("working"), DRAFTED) == [
        f"service.drafted.5.{kind} loses the value working"
    ]


def test_a_new_version_may_add_members_and_promise_them() -> None:
    def add(schema: Schema) -> None:
        data(schema)["properties"]["floor"] = {"type": "integer"}
        data(schema)["required"].append("floor")

    assert second_version(add) == []


@pytest.mark.parametrize(
    ("edit", "complaint"),
    [
        (lambda it: data(it)["properties"].pop("desk"), "case.submitted.5.data.desk is gone"),
        (lambda it: data(it)["required"].remove("desk"), "case.submitted.5.data.desk is promised no longer"),
        (
            lambda it: member(it, "data", "service_version").update(type="string"),
            "case.submitted.5.data.service_version was integer and is string",
        ),
    ],
)
def test_a_new_version_that_a_reader_of_the_old_one_cannot_read_is_found(edit: Edit, complaint: str) -> None:
    assert second_version(edit) == [complaint]


def test_no_version_is_left_out() -> None:
    sixth = {**PRESENT, Name("case.submitted", 6): PRESENT[SUBMITTED]}

    assert complaints(PRESENT, sixth) == ["case.submitted.6 stands there without the version before it"]


def test_a_release_keeps_the_catalogue_and_refuses_what_breaks_the_last_one(tmp_path: Path) -> None:
    file = release("1.0.0", PRESENT, tmp_path)
    broken = {name: schema for name, schema in PRESENT.items() if name != SUBMITTED}

    with pytest.raises(NotReleasedError, match=r"case\.submitted\.4 is published no longer"):
        release("1.1.0", broken, tmp_path)
    with pytest.raises(NotReleasedError, match=r"0\.9\.0 does not follow 1\.0\.0"):
        release("0.9.0", PRESENT, tmp_path)
    with pytest.raises(NotReleasedError, match="form"):
        release("v2", PRESENT, tmp_path)

    assert last_released(tmp_path) == PRESENT
    assert json.loads(file.read_text()).keys() == {name.topic for name in PRESENT}
    assert [each.name for each in tmp_path.iterdir()] == ["1.0.0.json"]
