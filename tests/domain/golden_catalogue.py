"""The golden catalogue: every topic and schema version that was ever stored, with its schema and an example.

It says what the ledger may hold. To change an event that has shipped: raise its `schema_version`, add the upcast to
`domain/upcasts.py`, then write the catalogue anew with

    .venv/bin/python -m tests.domain.golden_catalogue

Entries of older versions are never touched, so their examples go on proving that old events still load. An entry
that changes in a version control diff without a new version means that stored events may no longer load.
"""

import json
import sys
from pathlib import Path
from typing import Any, TypeAlias

from domain.event import Event, sealed_fields
from domain.topics import TOPICS
from tests.domain.examples import EXAMPLES

PATH = Path(__file__).with_name("golden") / "events.json"
Catalogue: TypeAlias = dict[str, dict[str, dict[str, Any]]]
"""topic -> schema version -> schema, names of sealed fields, example of open data."""


def read() -> Catalogue:
    """Return the catalogue as it was written."""
    catalogue: Catalogue = json.loads(PATH.read_text(encoding="utf-8"))
    return catalogue


def entry(kind: type[Event], example: Event) -> dict[str, Any]:
    """Return what the catalogue says about today's type."""
    sealed = sealed_fields(kind)
    return {
        "schema": json.loads(json.dumps(kind.model_json_schema(by_alias=False))),
        "sealed": list(sealed),
        "example": example.model_dump(mode="json", exclude=set(sealed)),
    }


def example_of(topic: str) -> Event:
    """Return the example of the topic."""
    (example,) = [event for event in EXAMPLES if event.topic == topic]
    return example


def main() -> None:
    """Write the entries of today's versions, and leave the others."""
    catalogue = read() if PATH.exists() else {}
    for topic, kind in TOPICS.items():
        catalogue.setdefault(topic, {})[str(kind.schema_version)] = entry(kind, example_of(topic))
    text = json.dumps(catalogue, ensure_ascii=False, indent=2, sort_keys=True)
    PATH.write_text(f"{text}\n", encoding="utf-8")
    sys.stdout.write(f"{PATH}: {len(catalogue)} topics\n")


if __name__ == "__main__":
    main()
