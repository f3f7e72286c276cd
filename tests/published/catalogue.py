"""Writes the schemas of today's types into the published catalogue; those of older versions stay as they are.

    .venv/bin/python -m tests.published.catalogue

A schema version that was released never changes but in its words: compatibility.py says what else may.
"""

import json
import sys

from domain.topics import TOPICS
from ledger.published.catalogue import FOLDER, Name
from ledger.published.schemas import Schema, schema_of


def written(schema: Schema) -> bytes:
    """Return a schema as its file has it."""
    return f"{json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True)}\n".encode()


def of_today() -> dict[Name, bytes]:
    """Return what the files of today's versions must hold."""
    return {Name(topic, kind.schema_version): written(schema_of(kind)) for topic, kind in TOPICS.items()}


def main() -> None:
    """Write them."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in of_today().items():
        (FOLDER / f"{name}.json").write_bytes(text)
    sys.stdout.write(f"{FOLDER}: {len(TOPICS)} of today's versions\n")


if __name__ == "__main__":
    main()
