"""The golden catalogue: every topic and schema version that was ever stored, with its schema and an example.

It shows what the ledger may hold, in the form of its rows: open data in snake_case, without sealed fields. To change a
released event: raise its `schema_version`, add the upcast to `domain/upcasts.py`, then run

    .venv/bin/python -m tests.architecture.golden_catalogue

which adds new entries and never changes old ones, so that the examples of older versions still prove that old events
load. An event that was never released may change without a new version: first delete its entry from
`golden/events.json` by hand.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import ValidationError

from domain.event import Event, sealed_fields
from domain.topics import TOPICS
from domain.upcasts import UPCASTS, UnknownSchemaVersionError, Upcasts, walk
from tests.domain.examples import EXAMPLES

PATH = Path(__file__).parent / "golden" / "events.json"
_WORDING = frozenset({"title", "description"})

Catalogue: TypeAlias = dict[str, dict[str, dict[str, Any]]]
"""topic -> schema version -> schema, names of sealed fields, example of open data."""

Topics: TypeAlias = Mapping[str, type[Event]]


def read() -> Catalogue:
    """Return the catalogue as it was written."""
    catalogue: Catalogue = json.loads(PATH.read_text(encoding="utf-8"))
    return catalogue


def shape(kind: type[Event]) -> dict[str, Any]:
    """Return what of a type must not change unnoticed: its JSON schema without wording, and its sealed fields."""
    schema = _without_wording(kind.model_json_schema(by_alias=False))
    return {"schema": json.loads(json.dumps(schema)), "sealed": list(sealed_fields(kind))}


def stored(event: Event) -> dict[str, Any]:
    """Return the open data in the form of a row."""
    return event.model_dump(mode="json", exclude=set(sealed_fields(type(event))))


def complaints(catalogue: Catalogue, topics: Topics, upcasts: Upcasts) -> list[str]:
    """Return the reasons why the program could not read a ledger that the catalogue describes."""
    found = [f"{topic}: lost or renamed" for topic in sorted(catalogue.keys() - topics.keys())]
    for topic, kind in topics.items():
        if kind.topic != topic:
            found.append(f"{topic}: its type says {kind.topic}")
        versions = catalogue.get(topic, {})
        if sorted(map(int, versions)) != list(range(1, kind.schema_version + 1)):
            found.append(f"{topic}: the catalogue must hold the versions 1 to {kind.schema_version}")
        for version, entry in versions.items():
            if int(version) == kind.schema_version and {key: entry[key] for key in ("schema", "sealed")} != shape(kind):
                found.append(f"{topic}: the schema changed, its version {version} did not")
            if not _loads(kind, topic, int(version), entry["example"], upcasts):
                found.append(f"{topic}: the example of version {version} no longer loads")
    return found


def _loads(kind: type[Event], topic: str, version: int, example: dict[str, Any], upcasts: Upcasts) -> bool:
    try:
        data = walk(topic, version, kind.schema_version, example, upcasts)
        event = kind.model_validate_json(json.dumps(data))
    except (UnknownSchemaVersionError, ValidationError):
        return False
    return stored(event) == data


def _without_wording(schema: Any, *, names: bool = False) -> Any:
    """Remove the wording of a schema; `names` marks a mapping whose keys are names of fields."""
    if isinstance(schema, dict):
        kept = schema if names else {key: part for key, part in schema.items() if key not in _WORDING}
        return {
            key: _without_wording(part, names=not names and key in ("properties", "$defs"))
            for key, part in kept.items()
        }
    return [_without_wording(part) for part in schema] if isinstance(schema, list) else schema


def main() -> None:
    """Add the missing entries."""
    catalogue = read() if PATH.exists() else {}
    for event in EXAMPLES:
        kind = type(event)
        catalogue.setdefault(event.topic, {}).setdefault(
            str(kind.schema_version), {**shape(kind), "example": stored(event)}
        )
    text = json.dumps(catalogue, ensure_ascii=False, indent=2, sort_keys=True)
    PATH.write_text(f"{text}\n", encoding="utf-8")
    remarks = complaints(catalogue, TOPICS, UPCASTS)
    sys.stdout.write("".join(f"{line}\n" for line in (f"{PATH}: {len(catalogue)} topics", *remarks)))


if __name__ == "__main__":
    main()
