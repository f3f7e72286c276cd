"""Keeps the messages between the window and resources as they were first spoken, and compares those of today.

    .venv/bin/python -m tests.published.spoken

adds a message that is missing. An entry that is there is never edited: resources are built on it. What breaks them
needs another version of the protocol, which stands beside this one.
"""

import json
import sys
from pathlib import Path
from typing import Final

from ledger.published.catalogue import Name
from ledger.published.evidence import message_schemas
from tests.published.compatibility import Catalogue

PATH: Final = Path(__file__).parent / "spoken.json"


def messages() -> Catalogue:
    """Return today's messages as a part of the catalogue."""
    return {Name(f"evidence.{name.message}", name.version): schema for name, schema in message_schemas().items()}


def first_spoken() -> Catalogue:
    """Return the messages as they were first spoken."""
    kept = json.loads(PATH.read_text(encoding="utf-8"))
    return {Name(topic, int(version)): schema for topic, of in kept.items() for version, schema in of.items()}


def main() -> None:
    """Add the missing messages."""
    kept = json.loads(PATH.read_text(encoding="utf-8")) if PATH.exists() else {}
    for name, schema in messages().items():
        kept.setdefault(name.topic, {}).setdefault(str(name.version), schema)
    PATH.write_text(f"{json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True)}\n", encoding="utf-8")
    sys.stdout.write(f"{PATH}: {len(kept)} messages\n")


if __name__ == "__main__":
    main()
