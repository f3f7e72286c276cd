"""The ids of requests for evidence: each follows from the case, so that a repeat of the same decision gives the same.

Nobody can tell the case from them: a case's id has 74 random bits, and only their hash is used.
"""

import hashlib
from datetime import datetime
from typing import Final
from uuid import UUID

from domain.values import micros_at

_VERSION_7: Final = 0x7 << 76
_VARIANT: Final = 0b10 << 62


def request_id_of(case_id: UUID, resource: str, number: int, at: datetime) -> UUID:
    """Return the id of the case's request to a resource, a UUIDv7 of that time; `number` counts them from 1."""
    return _derived(at, b"request", case_id, f"{resource}/{number}")


def conversation_id_of(case_id: UUID, resource: str) -> UUID:
    """Return the id of all that the case has to say to a resource."""
    digest = _digest(b"conversation", case_id, resource)
    return UUID(bytes=digest[:16], version=4)


def dispute_id_of(case_id: UUID, number: int, at: datetime) -> UUID:
    """Return the id of the case's dispute of that number, a UUIDv7 of that time."""
    return _derived(at, b"dispute", case_id, str(number))


def _digest(what: bytes, case_id: UUID, name: str) -> bytes:
    return hashlib.sha256(b"\x00".join([b"pencere/evidence/v1", what, case_id.bytes, name.encode()])).digest()


def _derived(at: datetime, what: bytes, case_id: UUID, name: str) -> UUID:
    milliseconds = micros_at(at) // 1000 & (1 << 48) - 1
    bits = int.from_bytes(_digest(what, case_id, name)[:10])
    return UUID(int=milliseconds << 80 | _VERSION_7 | (bits >> 62 & 0xFFF) << 64 | _VARIANT | bits & (1 << 62) - 1)
