"""Screening judged by texts: those that everybody knows, and those of somebody who had not seen the screening."""

import json
from pathlib import Path
from typing import Any

import pytest

from application.screening.screen import screen

HERE = Path(__file__).parent
SHARED = HERE.parents[2] / "shared" / "data" / "screening-examples.json"
NAMES = ("examples.json", "strangers.json", "held_out.json")
KNOWN_MISSES = frozenset(json.loads((HERE / "known_misses.json").read_text()))


def texts(name: str, sort: str) -> list[Any]:
    document = json.loads((HERE / name).read_text())
    return [
        pytest.param(each["text"], id=f"{name[:-5]}-{each['language']}-{number}")
        for number, each in enumerate(document[sort])
    ]


def evasive(name: str) -> list[Any]:
    missed = pytest.mark.xfail(reason="a known miss", strict=True)
    return [
        pytest.param(*each.values, id=each.id, marks=[missed] if each.values[0] in KNOWN_MISSES else [])
        for each in texts(name, "evasive")
    ]


@pytest.mark.parametrize("text", [each for name in NAMES for each in texts(name, "honest")])
def test_an_honest_text_passes(text: str) -> None:
    assert screen(text) is None


@pytest.mark.parametrize("text", [each for name in NAMES for each in evasive(name)])
def test_a_text_with_a_contact_is_found(text: str) -> None:
    assert screen(text) is not None


def test_the_known_misses_are_few_and_none_of_them_is_a_known_example() -> None:
    """Two strangers wrote 360 texts without knowing the screening, which was then improved with them.

    Of the second one's texts, 98 of 120 were found when they were first tried, and 9 of 120 honest ones were refused.
    """
    missed = {name: sum(each.values[0] in KNOWN_MISSES for each in texts(name, "evasive")) for name in NAMES}

    assert missed["examples.json"] == 0
    assert missed["strangers.json"] + missed["held_out.json"] <= 36
    assert sum(missed.values()) == len(KNOWN_MISSES)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared examples are not here; their copy is")
def test_the_copy_of_the_shared_examples_is_the_same() -> None:
    assert json.loads(SHARED.read_text()) == json.loads((HERE / "examples.json").read_text())
