"""Every schema that was ever published: one file for each event type and schema version, served unchanged.

schemas.py makes the files of the newest versions from the types. The files of older versions stay as they are, because
their events are always delivered. `python -m tests.published.catalogue` writes missing and changed files.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from domain.topics import TOPICS
from ledger.published.schemas import Schema, address_of

FOLDER: Final = Path(__file__).parent / "events"


class Name(NamedTuple):
    """An event type in one of its schema versions."""

    topic: str
    version: int

    def __str__(self) -> str:
        return f"{self.topic}.{self.version}"

    @property
    def address(self) -> str:
        """The address at which the schema is served."""
        return address_of(self.topic, self.version)

    @property
    def is_newest(self) -> bool:
        """Return whether events of this version are still written."""
        return TOPICS[self.topic].schema_version == self.version


@cache
def published() -> Mapping[Name, bytes]:
    """Return every schema as it is served, sorted by topic and version."""
    return MappingProxyType(dict(sorted((_name_of(file), file.read_bytes()) for file in FOLDER.glob("*.json"))))


def schemas() -> dict[Name, Schema]:
    """Return every schema."""
    return {name: json.loads(text) for name, text in published().items()}


def _name_of(file: Path) -> Name:
    topic, _, version = file.stem.rpartition(".")
    return Name(topic, int(version))
