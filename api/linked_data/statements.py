"""Statements: what the catalogue says, before it is written in one notation or another."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias

LANGUAGE_UNKNOWN: Final = "und"  # BCP 47's word for it

TEXT: Final = "text"
ADDRESS: Final = "address"
KIND: Final = "kind"


class Property(NamedTuple):
    """A property: its name with a prefix, and what all its values are.

    `holds` is TEXT (texts in languages), ADDRESS (of another thing), KIND (the name of a class), or the name of a type
    of literals, such as `xsd:date`.
    """

    name: str
    holds: str


class Value(NamedTuple):
    """A value as the property holds it; only a text has a language."""

    written: str
    language: str = ""


class Statement(NamedTuple):
    """What one thing, named by its address, has as one property."""

    subject: str
    property: Property
    value: Value


Told: TypeAlias = Mapping[str, str] | str | Iterable[str] | None
"""Texts by their languages; one value; several; or nothing to tell."""

Graph: TypeAlias = Mapping[str, Mapping[Property, Iterable[Value]]]
"""The statements by subject and property, each once, in the order in which they were first made."""

A: Final = Property("rdf:type", KIND)


def about(subject: str, kinds: Iterable[str], *told: tuple[Property, Told]) -> Iterator[Statement]:
    """Yield the statements that a thing is of these kinds and has these properties."""
    for kind in kinds:
        yield Statement(subject, A, Value(kind))
    for known, values in told:
        for value in _values(values):
            yield Statement(subject, known, value)


def in_no_known_language(line: str) -> dict[str, str]:
    """Return a text of which nobody has said in which language it is."""
    return {LANGUAGE_UNKNOWN: line}


def gathered(statements: Iterable[Statement]) -> Graph:
    """Return the graph of the statements: a set, so that what two parts of the catalogue say alike is there once."""
    graph: dict[str, dict[Property, dict[Value, None]]] = {}
    for subject, known, value in statements:
        graph.setdefault(subject, {}).setdefault(known, {})[value] = None
    return graph


def _values(told: Told) -> Iterator[Value]:
    if told is None:
        return
    if isinstance(told, str):
        yield Value(told)
    elif isinstance(told, Mapping):
        for language, text in told.items():
            yield Value(text, language)
    else:
        yield from map(Value, told)
