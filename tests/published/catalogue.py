"""Writes the schemas of today's types into the published catalogue, and leaves those of older versions unchanged.

    .venv/bin/python -m tests.published.catalogue

In a released schema version only the words may change. compatibility.py lists what else is allowed.
"""

import json
import sys

from domain.evidence.messages import MESSAGES
from domain.topics import TOPICS
from ledger.published import evidence
from ledger.published.catalogue import FOLDER, Name
from ledger.published.evidence import VERSION, MessageName, schema_of_message
from ledger.published.schemas import Schema, schema_of


def written(schema: Schema) -> bytes:
    """Return a schema as in its file."""
    return f"{json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True)}\n".encode()


def of_today() -> dict[Name, bytes]:
    """Return the required content of the files of today's versions."""
    return {Name(topic, kind.schema_version): written(schema_of(kind)) for topic, kind in TOPICS.items()}


def messages_of_today() -> dict[MessageName, bytes]:
    """Return the required content of the files of today's evidence messages."""
    names = [MessageName(message, VERSION) for message in MESSAGES]
    return {name: written(schema_of_message(name)) for name in names}


def main() -> None:
    """Write the files."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in of_today().items():
        (FOLDER / f"{name}.json").write_bytes(text)
    sys.stdout.write(f"{FOLDER}: {len(TOPICS)} of today's versions\n")
    evidence.FOLDER.mkdir(exist_ok=True)
    for message, text in messages_of_today().items():
        (evidence.FOLDER / f"{message.message}.{message.version}.json").write_bytes(text)
    sys.stdout.write(f"{evidence.FOLDER}: {len(MESSAGES)} messages\n")


if __name__ == "__main__":
    main()
