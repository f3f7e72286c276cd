"""A record as an event of the agency: a CloudEvent with the numbers of its place in the chain."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple, Self
from uuid import UUID

from pencere_subscriber.errors import Poison

_PREFIX = "ce_"
_NUMBERS = ("sequence", "previous", "position")


class UnreadableError(Exception):
    """The record is not a CloudEvent of the window; the text says why."""


class Numbers(NamedTuple):
    """A record's number among the agency's events, and that of the record before it on its partition (0: none)."""

    sequence: int
    previous: int

    @classmethod
    def of(cls, headers: Sequence[tuple[str, bytes]]) -> Self | None:
        """Return the numbers of a record; None when it has no valid ones."""
        found = dict(headers)
        try:
            numbers = cls(int(found["ce_sequence"]), int(found["ce_previous"]))
        except (KeyError, ValueError, TypeError):
            return None
        return numbers if 0 <= numbers.previous < numbers.sequence else None


@dataclass(frozen=True)
class Event:
    """An event of the agency.

    `id` is the same in every channel and never changes. `sequence` counts the agency's events without a gap; `previous`
    is the sequence of the record before this one on the same partition. `position` is the event's place in the ledger,
    `recorded_at` when it was recorded, in microseconds since 1970; `time` is the same as a moment. `data` is the open
    part, byte for byte as it is stored and hashed.
    """

    topic: str
    partition: int
    offset: int
    sequence: int
    previous: int
    position: int
    id: str
    type: str
    source: str
    subject: str
    case_id: str
    time: datetime
    recorded_at: int
    salt: bytes = field(repr=False)
    sealed_hash: bytes = field(repr=False)
    data: bytes = field(repr=False)
    attributes: Mapping[str, str] = field(repr=False, compare=False)
    """The CloudEvent's attributes, as they were sent."""
    record: Any = field(repr=False, compare=False)
    """The record of kafka-python."""

    @cached_property
    def document(self) -> dict[str, Any]:
        """The open part: the envelope, with the event's own fields in `data`.

        Raises:
            Poison: it is no JSON object.
        """
        try:
            document = json.loads(self.data)
        except ValueError as error:
            raise Poison(f"the value is no JSON: {error}") from error
        if not isinstance(document, dict):
            raise Poison("the value is no JSON object")
        return document

    def entry(self) -> bytes:
        """Return the 32 bytes for this event in the public log, computed from what was received."""
        return hashlib.sha256(self._head() + hashlib.sha256(self.data).digest() + self.sealed_hash).digest()

    def stored(self) -> bytes:
        """Return the bytes that the entry is computed from, with the data themselves instead of their hash."""
        return self._head() + self.data + self.sealed_hash

    def structured(self) -> bytes:
        """Return the CloudEvent in its JSON format, on one line; the data's bytes are inserted unchanged."""
        attributes: dict[str, str | int] = dict(self.attributes)
        attributes |= {name: int(self.attributes[name]) for name in _NUMBERS}
        data = b'"data": ' + self.data if self._is_canonical_json() else b'"data_base64": "%b"' % b64encode(self.data)
        return json.dumps(attributes, ensure_ascii=False).encode()[:-1] + b", " + data + b"}"

    def _head(self) -> bytes:
        name, version = self.type.encode(), int(self.id.rpartition(":")[2])
        numbered = UUID(self.subject).bytes + version.to_bytes(8, "big") + len(name).to_bytes(4, "big")
        return b"\x01" + self.salt + numbered + name + self.recorded_at.to_bytes(8, "big")

    def _is_canonical_json(self) -> bool:
        """Return whether the data, parsed and written again, give the same bytes."""
        try:
            document = json.loads(self.data)
            return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() == self.data
        except ValueError:
            return False


def event_of(record: Any, numbers: Numbers) -> Event:
    """Return a record as an event.

    Raises:
        UnreadableError: see there.
    """
    try:
        attributes = {
            name.removeprefix(_PREFIX): value.decode() for name, value in record.headers if name.startswith(_PREFIX)
        }
        if attributes["specversion"] != "1.0":
            raise UnreadableError(f"CloudEvents {attributes['specversion']}, not 1.0")
        return Event(
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            sequence=numbers.sequence,
            previous=numbers.previous,
            position=int(attributes["position"]),
            id=attributes["id"],
            type=attributes["type"],
            source=attributes["source"],
            subject=attributes["subject"],
            case_id=record.key.decode(),
            time=datetime.fromisoformat(attributes["time"]),
            recorded_at=int(attributes["recordedat"]),
            salt=bytes.fromhex(attributes["salt"]),
            sealed_hash=bytes.fromhex(attributes["sealedhash"]),
            data=record.value or b"",
            attributes=attributes | {"datacontenttype": dict(record.headers)["content-type"].decode()},
            record=record,
        )
    except KeyError as error:
        raise UnreadableError(f"a header is missing: {error.args[0]}") from error
    except (ValueError, AttributeError) as error:
        raise UnreadableError(f"a header or the key makes no sense: {error}") from error
