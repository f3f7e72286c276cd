"""The page for registers: its examples are messages, and its tables are those of the code."""

import json
import re
import textwrap
from collections.abc import Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from consumers.reference_resource.behaviour import Behaviour
from domain.evidence.errors import MEANINGS
from domain.evidence.faults import PROVEN, Fault
from domain.evidence.json_text import read_asked, read_reply, read_sealed
from domain.evidence.messages import MESSAGES
from domain.evidence.progress import ENDS, Happening, outcome
from domain.evidence.progress import EvidenceState as State
from domain.evidence.values import LARGEST_MESSAGE, SPEC, Statement, Subject
from domain.values import Value
from ledger.published.channels import answers_topic, requests_topic
from ledger.published.evidence import VERSION, MessageName, message_schemas
from tests.cli.running import ROOT

DOCUMENT = (ROOT / "docs" / "evidence.md").read_text()
EXAMPLES = {
    name: textwrap.dedent(text)
    for name, text in re.findall(r"^ *```json (\w+)\n(.*?)^ *```", DOCUMENT, re.MULTILINE | re.DOTALL)
}
SEALED: Mapping[str, type[Value]] = {"Subject": Subject, "Statement": Statement}


def test_there_is_an_example_of_every_message_and_of_every_sealed_part() -> None:
    assert EXAMPLES.keys() == {*MESSAGES, *SEALED}


@pytest.mark.parametrize("name", MESSAGES)
def test_an_example_is_read_and_follows_the_published_schema(name: str) -> None:
    text = EXAMPLES[name]
    document: dict[str, Any] = json.loads(text)
    reader = read_asked if name in {"request", "dispute"} else read_reply
    schema = message_schemas()[MessageName(name, VERSION)]

    assert document["type"] == name
    assert type(reader(text.encode())) is MESSAGES[name]
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(document)


@pytest.mark.parametrize("name", SEALED)
def test_an_example_of_a_sealed_part_is_read(name: str) -> None:
    assert read_sealed(EXAMPLES[name].encode(), SEALED[name])


def test_the_errors_are_those_of_the_code() -> None:
    shown = re.findall(r"^\| `(\w+)` \| (EDM:ERR:\d{4}) \| (\w+) \|$", DOCUMENT, re.MULTILINE)

    assert shown == [
        (code.value, meaning.edm, outcome(State.SENT, meaning.leads_to).state.value)
        for code, meaning in MEANINGS.items()
    ]


def test_what_counts_against_a_register_is_what_the_page_says() -> None:
    counting = [end.state.value for end in ENDS.values() if end.counts_against_resource]

    assert f"{' and '.join(counting)} count against the register; the others do not." in DOCUMENT
    assert not ENDS[Happening.NOT_FOUND].counts_against_resource


def test_the_faults_are_those_of_the_code_in_their_order() -> None:
    of_the_window_alone = {Fault.OTHER_RESOURCE, Fault.NOT_SEALED_FOR_IT}
    shown = re.findall(
        r"^\| `(\w+)` \| .* \|$", DOCUMENT.partition("| fault | is |")[2].partition("\n\n")[0], re.MULTILINE
    )

    assert shown == [fault.value for fault in Fault if fault not in of_the_window_alone]
    proven = ", ".join(f"`{fault.value}`" for fault in Fault if fault in PROVEN)
    assert proven in DOCUMENT


def test_the_switches_are_those_of_the_code() -> None:
    table = DOCUMENT.partition("| switch | does |")[2].partition("\n\n")[0]

    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == [
        field.alias for field in Behaviour.model_fields.values()
    ]


def test_names_and_limits_are_those_of_the_code() -> None:
    assert f"`{requests_topic('NAME')}`" in DOCUMENT
    assert f"`{answers_topic('NAME')}`" in DOCUMENT
    assert f"at most {LARGEST_MESSAGE >> 10} KiB" in DOCUMENT
    assert all(json.loads(EXAMPLES[name])["spec"] == SPEC for name in MESSAGES)
