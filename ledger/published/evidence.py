"""The schemas of the messages that the window and resources exchange: a file for each, served unchanged.

The files follow from the types in `domain/evidence`. `python -m tests.published.catalogue` writes them.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from domain.evidence.messages import MESSAGES, EvidenceDispute, EvidenceRequest
from domain.evidence.values import SPEC
from domain.values import Value
from ledger.published.schemas import DIALECT, AsStored, Schema, in_place

FOLDER: Final = Path(__file__).parent / "messages"
VERSION: Final = int(SPEC.rpartition("/")[2])
_BY_THE_WINDOW: Final = (EvidenceRequest, EvidenceDispute)
_ALWAYS: Final = ("type", "spec")  # they have a value of their own in our code, and must be sent nevertheless


class MessageName(NamedTuple):
    """A message in a version of the protocol."""

    message: str
    version: int

    def __str__(self) -> str:
        return f"evidence.{self.message}.{self.version}"

    @property
    def address(self) -> str:
        """The address at which the schema is served."""
        return f"/v1/schemas/evidence/{self.message}/{self.version}"


def schema_of_message(name: MessageName) -> Schema:
    """Return the schema of today's type of a message, which needs no other document."""
    kind = MESSAGES[name.message]
    made = _schema(kind)
    return {
        "$schema": DIALECT,
        "$id": name.address,
        **made,
        "title": f"Evidence: {name.message}, {SPEC}",
        "required": sorted({*made["required"], *_ALWAYS}),
    }


@cache
def published_messages() -> Mapping[MessageName, bytes]:
    """Return every schema as it is served, sorted by message and version."""
    return MappingProxyType(dict(sorted((_name_of(file), file.read_bytes()) for file in FOLDER.glob("*.json"))))


def message_schemas() -> dict[MessageName, Schema]:
    """Return every schema."""
    return {name: json.loads(text) for name, text in published_messages().items()}


def _schema(kind: type[Value]) -> Schema:
    """Return the schema: of what the window writes, the form that it writes; else every form that it reads."""
    mode: Any = "serialization" if kind in _BY_THE_WINDOW else "validation"
    made = kind.model_json_schema(by_alias=True, mode=mode, schema_generator=_AsSent)
    definitions = made.pop("$defs", {})
    written: Schema = _told_briefly(in_place(made, definitions))
    return written


def _told_briefly(part: Any) -> Any:
    """Return the schema without the names that only code has: its first sentences say what a reader needs."""
    if isinstance(part, dict):
        kept = {name: _told_briefly(each) for name, each in part.items()}
        if isinstance(told := kept.get("description"), str):
            kept["description"] = " ".join(told.partition("\n\n")[0].split())
        return kept
    return [_told_briefly(each) for each in part] if isinstance(part, list) else part


def _name_of(file: Path) -> MessageName:
    message, _, version = file.stem.rpartition(".")
    return MessageName(message, int(version))


class _AsSent(AsStored):
    """Makes schemas of messages: a member that has a default may be missing."""

    def field_is_required(self, field: Any, total: bool) -> bool:  # noqa: FBT001 - the interface
        """Only what has no default is always there."""
        return bool(field.get("schema", {}).get("type") != "default") and total
