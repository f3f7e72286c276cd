"""Makes all ids: UUIDv7 (RFC 9562), so that new rows lie together in the indexes."""

import hashlib
import os
from datetime import datetime
from functools import lru_cache
from uuid import UUID, uuid5

_NAMES = UUID("6f5b0b1e-8f5e-5c0a-9c57-70656e636572")  # our namespace, of names like "service/<slug>"
_REGISTER = uuid5(_NAMES, "register")
_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62


def new_id(at: datetime) -> UUID:
    """Return a new UUIDv7 of that time."""
    return _uuid7(_milliseconds(at), os.urandom(10))


def derived_id(at: datetime, secret_digest: bytes) -> UUID:
    """Return the UUIDv7 of that time whose other bits come from a keyed digest of at least ten bytes.

    The same source always gives the same id. Without the key, nobody can guess the source from the id.
    """
    return _uuid7(_milliseconds(at), hashlib.sha256(secret_digest).digest())


def derived_beside(other: UUID, secret_digest: bytes) -> UUID:
    """Return a UUIDv7 of the same millisecond as another one; the rest is as `derived_id` makes it."""
    return _uuid7(other.int >> 80, hashlib.sha256(secret_digest).digest())


@lru_cache(maxsize=4096)
def service_stream(slug: str) -> UUID:
    """Return the stream of a service. It is derived from the name, so that no two services share a name."""
    return uuid5(_NAMES, f"service/{slug}")


def looks_stream(case_id: UUID) -> UUID:
    """Return the stream that holds the looks at a case."""
    return uuid5(case_id, "looks")


def opening_stream(case_id: UUID, number: int) -> UUID:
    """Return the stream of an opening of the identities in a case; the first has the number 1.

    Each has a stream of its own, so that the versions of one that may be told show nothing of another.
    """
    return uuid5(case_id, f"opening/{number}")


@lru_cache(maxsize=4096)
def agency_stream(slug: str) -> UUID:
    """Return the stream of an agency. It is derived from the name, so that no two agencies share a name."""
    return uuid5(_NAMES, f"agency/{slug}")


@lru_cache(maxsize=4096)
def calendar_stream(slug: str) -> UUID:
    """Return the stream of a calendar. It is derived from the name, so that no two calendars share a name."""
    return uuid5(_NAMES, f"calendar/{slug}")


@lru_cache(maxsize=4096)
def desk_stream(agency: str, desk: str) -> UUID:
    """Return the stream of an agency's desk; its 16 bytes name the desk in draws."""
    return uuid5(_NAMES, f"desk/{agency}/{desk}")


def register_stream() -> UUID:
    """Return the stream of the register of resources: there is one."""
    return _REGISTER


def subscription_stream(name: str) -> UUID:
    """Return the stream of a subscription. It is derived from the name, so that no two subscriptions share a name."""
    return uuid5(_NAMES, f"subscription/{name}")


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000) & (1 << 48) - 1


def _uuid7(milliseconds: int, entropy: bytes) -> UUID:
    bits = int.from_bytes(entropy[:10])
    low, middle = bits & (1 << 62) - 1, bits >> 62 & 0xFFF
    return UUID(int=milliseconds << 80 | _VERSION_7 | middle << 64 | _VARIANT | low)
