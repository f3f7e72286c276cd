"""Every schema that was ever published: a file for each type of event and schema version, served as it is.

Files of today's versions are what schemas.py makes of the types; those of older versions stay as they are, for their
events are told for ever. `python -m tests.published.catalogue` writes what is missing or changed.
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
    """A type of events in one of its schema versions."""

    topic: str
    version: int

    def __str__(self) -> str:
        return f"{self.topic}.{self.version}"

    @property
    def address(self) -> str:
        """Where its schema is served."""
        return address_of(self.topic, self.version)

    @property
    def is_newest(self) -> bool:
        """Tell whether events of this version are still written."""
        return TOPICS[self.topic].schema_version == self.version


@cache
def published() -> Mapping[Name, bytes]:
    """Return every schema as it is served, topic by topic, the oldest version first."""
    return MappingProxyType(dict(sorted((_name_of(file), file.read_bytes()) for file in FOLDER.glob("*.json"))))


def schemas() -> dict[Name, Schema]:
    """Return every schema."""
    return {name: json.loads(text) for name, text in published().items()}


def _name_of(file: Path) -> Name:
    topic, _, version = file.stem.rpartition(".")
    return Name(topic, int(version))
