"""What counts between two resources are elements; how alike the names are is a hint that decides nothing."""

import pytest

from projections.resource_register.similarity import ALIKE, compare, titles_alike


@pytest.mark.parametrize(
    ("one", "other", "jaccard", "contained"),
    [
        ((), (), 0, 0),
        (("a",), ("b",), 0, 0),
        (("a", "b"), ("b", "a"), 100, 100),
        (("a",), ("a", "b", "c"), 33, 100),
        (("a", "b", "c"), ("a",), 33, 33),
        (("a", "b"), ("b", "c"), 33, 50),
    ],
)
def test_overlap_is_counted_by_elements(
    one: tuple[str, ...], other: tuple[str, ...], jaccard: int, contained: int
) -> None:
    compared = compare(one, {"en": "Land"}, other, {"ru": "Земля"})

    assert compared == (jaccard, contained, 0)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"en": "Register of the population"}, {"en": "Population registry"}),
        ({"az": "Əhalinin dövlət reyestri"}, {"az": "əhalinin vahid REYESTRİ"}),
        ({"ru": "Единый реестр населения"}, {"ru": "Государственный регистр населения"}),
        ({"en": "Something else", "az": "Torpaq reyestri"}, {"en": "Land", "az": "Torpaq"}),
        ({"en-GB": "Register"}, {"en-GB": "Register"}),
    ],
)
def test_names_that_differ_in_common_words_only_are_alike(one: dict[str, str], other: dict[str, str]) -> None:
    assert titles_alike(one, other) >= ALIKE
    assert titles_alike(one, other) == titles_alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"en": "Register of vehicles"}, {"en": "Register of births"}),
        ({"az": "Dövlət torpaq reyestri"}, {"az": "Dövlət nikah reyestri"}),
        ({"en": "Land"}, {"az": "Land"}),
        ({}, {"en": "Land"}),
    ],
)
def test_common_words_make_no_names_alike(one: dict[str, str], other: dict[str, str]) -> None:
    assert titles_alike(one, other) < ALIKE
