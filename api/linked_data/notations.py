"""Writes a graph as Turtle or as JSON-LD: two notations of the same statements."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson

from api.linked_data.statements import ADDRESS, KIND, TEXT, A, Graph, Property, Value
from api.linked_data.vocabulary import STRING

_SHORT: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_NEXT_PROPERTY: Final = " ;\n    "
# Besides what must be escaped: what an editor would not show, or would show in another order than it stands.
_ESCAPED: Final = re.compile(r'[\\"\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]')


def turtle(graph: Graph, prefixes: Mapping[str, str]) -> bytes:
    """Return the graph as Turtle (RDF 1.1)."""
    lines = [f"@prefix {name}: <{address}> ." for name, address in prefixes.items()]
    for subject, known in graph.items():
        said = (f"{_verb(one)} {', '.join(_in_turtle(one, value) for value in each)}" for one, each in known.items())
        lines += ["", f"{_bracketed(subject)} {_NEXT_PROPERTY.join(said)} ."]
    return "\n".join([*lines, ""]).encode()


def json_ld(graph: Graph, prefixes: Mapping[str, str]) -> bytes:
    """Return the graph as JSON-LD 1.1, with everything that a reader needs in its own `@context`."""
    used = dict.fromkeys(one for known in graph.values() for one in known if one != A)
    context: dict[str, Any] = {"@version": 1.1, **prefixes}
    for one in sorted(used):
        context[one.name] = _coerced(one)
    things = [
        {"@id": subject, **{_member(one): _in_json(one, values) for one, values in known.items()}}
        for subject, known in graph.items()
    ]
    return orjson.dumps({"@context": context, "@graph": things})


def _verb(one: Property) -> str:
    return "a" if one == A else one.name


def _in_turtle(one: Property, value: Value) -> str:
    if one.holds == KIND:
        return value.written
    if one.holds == ADDRESS:
        return _bracketed(value.written)
    quoted = f'"{_ESCAPED.sub(_escape, value.written)}"'
    if one.holds == TEXT:
        return f"{quoted}@{value.language}"
    return quoted if one.holds == STRING else f"{quoted}^^{one.holds}"


def _bracketed(address: str) -> str:
    return f"<{address}>"  # made by addresses.py, or checked where it was given: nothing in it needs an escape


def _escape(found: re.Match[str]) -> str:
    return _SHORT.get(found[0]) or f"\\u{ord(found[0]):04X}"


def _coerced(one: Property) -> dict[str, str]:
    if one.holds == TEXT:
        return {"@id": one.name, "@container": "@language"}
    if one.holds == STRING:  # no type in the document is this type in RDF
        return {"@id": one.name}
    return {"@id": one.name, "@type": "@id" if one.holds == ADDRESS else one.holds}


def _member(one: Property) -> str:
    return "@type" if one == A else one.name


def _in_json(one: Property, values: Iterable[Value]) -> object:
    if one.holds != TEXT:
        return [value.written for value in values]
    texts: dict[str, list[str]] = {}
    for value in values:
        texts.setdefault(value.language, []).append(value.written)
    return texts
