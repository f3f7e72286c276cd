"""Turtle and JSON-LD say the same, letter for letter, and what they say is what was stated."""

from collections.abc import Iterable, Sequence
from typing import Final

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.compare import isomorphic

from api.linked_data.notations import json_ld, turtle
from api.linked_data.statements import ADDRESS, KIND, TEXT, Statement, about, gathered
from api.linked_data.terms import terms
from api.linked_data.vocabulary import DESCRIPTION, IDENTIFIER, STRING, TITLE
from domain.service.definition import ServiceDefinition
from tests.linked_data.described import DEFINITIONS, TAGS, TEXTS, alone, demonstration, everything, version
from tests.linked_data.judging import ADDRESSES

_MANY: Final = settings(max_examples=150, deadline=None, database=None)
HOSTILE: Final = [
    'says "quoted" and \'quoted\'',
    'ends in a quote"',
    'three """ of them',
    "back\\slash, ends in one\\",
    "\\u0041 is not A",
    "line\nbreak, \r\n, \r and tab\t",
    "line separator\u2028 and paragraph separator\u2029",
    "وكالة (الحماية) الاجتماعية \u2067يمين\u2069",
    "\u202edesrever\u202c",
    "\ufeffbegins with a mark",
    "<a> . @prefix x: <y> . # no comment",
    "@none", "@id", "https://elsewhere.example/", "dct:title", "_:b0",
    "\U0001f3db\ufe0f 👩‍👩‍👧 \U0010fffd",
    "\x01\x08\x0b\x0c\x1b\x7f\x85\x9f",
    "]}]}{[",
    "ə\u0301 İ \u0131",
]  # fmt: skip


def read(statements: Iterable[Statement]) -> tuple[Graph, Graph]:
    """Return what a reader of each notation has."""
    stated = gathered(statements)
    written = turtle(stated, ADDRESSES.prefixes), json_ld(stated, ADDRESSES.prefixes)
    return Graph().parse(data=written[0], format="turtle"), Graph().parse(data=written[1], format="json-ld")


def stated(statements: Iterable[Statement]) -> Graph:
    """Return the statements as a library that is not ours holds them."""
    prefixes = ADDRESSES.prefixes

    def full(name: str) -> URIRef:
        prefix, _, own = name.partition(":")
        return URIRef(prefixes[prefix] + own)

    graph = Graph()
    for subject, known, value in statements:
        if known.holds in {ADDRESS, KIND}:
            node: URIRef | Literal = full(value.written) if known.holds == KIND else URIRef(value.written)
        elif known.holds == TEXT:
            node = Literal(value.written, lang=value.language)
        else:
            node = Literal(value.written, datatype=None if known.holds == STRING else full(known.holds))
        graph.add((URIRef(subject), RDF.type if known.holds == KIND else full(known.name), node))
    return graph


def check(statements: Sequence[Statement]) -> None:
    """Check that both notations say exactly what was stated."""
    in_turtle, in_json = read(statements)
    expected = stated(statements)
    assert isomorphic(in_turtle, in_json)
    assert set(in_turtle) == set(expected)
    assert set(in_json) == set(expected)


@pytest.mark.parametrize("made", [demonstration, everything, lambda: terms(ADDRESSES)], ids=["demo", "full", "terms"])
def test_both_notations_are_one_graph(made: object) -> None:
    assert callable(made)
    statements = [*made()]

    assert len(statements) > 100
    check(statements)


@given(text=TEXTS, tag=TAGS)
@_MANY
@example(text=HOSTILE[0], tag="az")
def test_every_text_comes_out_as_it_went_in(text: str, tag: str) -> None:
    told = (TITLE, {tag: text, "en": text}), (IDENTIFIER, text), (DESCRIPTION, {tag: text})
    check([*about("https://window.example/v1/catalogue/services/a", ["cpsv:PublicService"], *told)])


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_comes_out_as_it_went_in(text: str) -> None:
    told = (TITLE, {"az": text, "ar": text}), (IDENTIFIER, text)
    check([*about("https://window.example/v1/catalogue/services/a", ["cpsv:PublicService"], *told)])


@given(definition=DEFINITIONS)
@settings(_MANY, max_examples=60)
def test_both_notations_of_any_service_are_one_graph(definition: ServiceDefinition) -> None:
    check([*alone(version(definition))])


def test_texts_of_one_language_do_not_displace_each_other() -> None:
    subject = "https://window.example/v1/catalogue/services/a"
    check([*about(subject, (), (TITLE, {"en": "one"}), (TITLE, {"en": "two"}), (IDENTIFIER, ["a", "b"]))])


def test_what_is_said_twice_is_written_once() -> None:
    once, twice = [*demonstration()], [*demonstration(), *demonstration()]

    assert turtle(gathered(once), ADDRESSES.prefixes) == turtle(gathered(twice), ADDRESSES.prefixes)


def test_json_ld_needs_nothing_from_elsewhere() -> None:
    document = orjson.loads(json_ld(gathered(demonstration()), ADDRESSES.prefixes))

    assert isinstance(document["@context"], dict)
    assert {"@context", "@graph"} == document.keys()


def test_nothing_is_without_a_name() -> None:
    for graph in read(everything()):
        assert all(isinstance(term, URIRef | Literal) for triple in graph for term in triple)


@given(text=st.sampled_from(HOSTILE))
@settings(_MANY, max_examples=len(HOSTILE))
def test_no_mark_that_turns_a_line_around_stands_bare_in_the_turtle(text: str) -> None:
    written = turtle(gathered(about("https://window.example/a", (), (IDENTIFIER, text))), ADDRESSES.prefixes).decode()

    assert not set(written) & set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029")
