"""How the published language may change without breaking its readers.

A released version is frozen: its events are sent again at any later time, and readers rely on its schema. Only words,
optional members of the envelope, and roles and origins may be added (these are `examples`, because there may be more).
A new version stands beside the one before it, and only adds members, so that readers who ignore unknown members can
read it. A change that breaks more than that needs a new topic.

Limits: patterns and formats are compared as texts, without asking which of two accepts more; alternatives are
distinguished by their types; and no schema says what a member means: if a unit changes, a new member is needed.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple, TypeAlias

from ledger.published.catalogue import Name
from ledger.published.schemas import Schema

Catalogue: TypeAlias = Mapping[Name, Schema]

_WORDING: Final = frozenset({"$schema", "$id", "title", "description"})
_MOST: Final = ("maxLength", "maximum", "exclusiveMaximum", "maxItems", "maxProperties")
_LEAST: Final = ("minLength", "minimum", "exclusiveMinimum", "minItems", "minProperties")


class Change(NamedTuple):
    """A changed keyword and its place; `anew` is True when the change is between two schema versions."""

    before: Schema
    after: Schema
    keyword: str
    at: str
    anew: bool

    @property
    def both(self) -> tuple[Any, Any]:
        """The keyword's two values; None where it is missing."""
        return self.before.get(self.keyword), self.after.get(self.keyword)

    def within(self, part: str, before: Schema, after: Schema) -> Iterator[str]:
        """Return the complaints about a part."""
        return changes(before, after, at=f"{self.at}{part}", anew=self.anew)


def complaints(released: Catalogue, present: Catalogue) -> list[str]:
    """Return what a reader of the released catalogue could not read in the present one."""
    found = [f"{name} is published no longer" for name in released if name not in present]
    for name, after in present.items():
        if name in released:
            found += changes(released[name], after, at=str(name), anew=False)
        if name.version > 1:
            previous = present.get(Name(name.topic, name.version - 1))
            if previous is None:
                found.append(f"{name} stands there without the version before it")
            else:
                found += changes(previous, after, at=str(name), anew=True)
    return found


def changes(before: Schema, after: Schema, *, at: str, anew: bool) -> Iterator[str]:
    """Return the forbidden changes of a schema."""
    for keyword in sorted((before.keys() | after.keys()) - _WORDING):
        if before.get(keyword) != after.get(keyword):
            yield from _RULES.get(keyword, _otherwise)(Change(before, after, keyword, at, anew))


def _members(change: Change) -> Iterator[str]:
    before, after = (schema.get("properties", {}) for schema in (change.before, change.after))
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            yield f"{change.at}.{name} is gone"
        elif name in before:
            yield from change.within(f".{name}", before[name], after[name])
        elif not change.anew and change.before.get("additionalProperties") is False:
            yield f"{change.at}.{name} has come to what is closed"
        elif not change.anew and name in change.after.get("required", ()):
            yield f"{change.at}.{name} is promised, and older events have none"


def _promised(change: Change) -> Iterator[str]:
    before, after = (set(names or ()) for names in change.both)
    there = change.before.get("properties", {}).keys() & change.after.get("properties", {}).keys()
    for name in sorted((before - after) & there):
        yield f"{change.at}.{name} is promised no longer"
    for name in sorted((after - before) & there):
        if not change.anew:
            yield f"{change.at}.{name} is promised, and older events may have none"


def _values(change: Change) -> Iterator[str]:
    before, after = (values or [] for values in change.both)
    yield from (f"{change.at} loses the value {value}" for value in before if value not in after)
    yield from (f"{change.at} may be {value}, which nobody was told" for value in after if value not in before)


def _values_so_far(change: Change) -> Iterator[str]:
    before, after = (values or [] for values in change.both)
    yield from (f"{change.at} loses the value {value}" for value in before if value not in after)


def _alternatives(change: Change) -> Iterator[str]:
    before, after = (_by_type(alternatives or []) for alternatives in change.both)
    if before is None or after is None:
        yield from _otherwise(change)
        return
    yield from (f"{change.at} narrows: it is no {kind} any more" for kind in sorted(before.keys() - after.keys()))
    yield from (f"{change.at} widens: it may be a {kind}" for kind in sorted(after.keys() - before.keys()))
    for kind in sorted(before.keys() & after.keys()):
        yield from change.within(f"({kind})", before[kind], after[kind])


def _by_type(alternatives: list[Schema]) -> dict[str, Schema] | None:
    """Return the alternatives by their types; None when these do not tell them apart."""
    found = {str(alternative.get("type")): alternative for alternative in alternatives}
    return found if len(found) == len(alternatives) else None


def _types(change: Change) -> Iterator[str]:
    before, after = change.both
    if {before, after} == {"integer", "number"}:
        yield f"{change.at} {'widens' if after == 'number' else 'narrows'}: it was {before} and is {after}"
    else:
        yield f"{change.at} was {before} and is {after}"


def _closing(change: Change) -> Iterator[str]:
    yield f"{change.at} {'closes' if change.after.get('additionalProperties') is False else 'opens'}"


def _each(change: Change) -> Iterator[str]:
    before, after = change.both
    if before is None or after is None:
        yield from _otherwise(change)
    else:
        yield from change.within("[]", before, after)


def _by_pattern(change: Change) -> Iterator[str]:
    before, after = (patterns or {} for patterns in change.both)
    if before.keys() != after.keys():
        yield from _otherwise(change)
    for pattern in before.keys() & after.keys():
        yield from change.within("{}", before[pattern], after[pattern])


def _most(change: Change) -> Iterator[str]:
    before, after = (float("inf") if bound is None else bound for bound in change.both)
    yield f"{change.at} {'narrows' if after < before else 'widens'}: {_said(change)}"


def _least(change: Change) -> Iterator[str]:
    before, after = (float("-inf") if bound is None else bound for bound in change.both)
    yield f"{change.at} {'narrows' if after > before else 'widens'}: {_said(change)}"


def _number_of_the_version(change: Change) -> Iterator[str]:
    if not (change.anew and change.at.endswith(".schema")):
        yield from _otherwise(change)


def _otherwise(change: Change) -> Iterator[str]:
    yield f"{change.at} differs: {_said(change)}"


def _said(change: Change) -> str:
    before, after = change.both
    return f"{change.keyword} was {before} and is {after}"


_RULES: Final[Mapping[str, Callable[[Change], Iterator[str]]]] = {
    "properties": _members,
    "required": _promised,
    "enum": _values,
    "examples": _values_so_far,
    "anyOf": _alternatives,
    "type": _types,
    "additionalProperties": _closing,
    "items": _each,
    "propertyNames": _each,
    "patternProperties": _by_pattern,
    "const": _number_of_the_version,
    **dict.fromkeys(_MOST, _most),
    **dict.fromkeys(_LEAST, _least),
}
