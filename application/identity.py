"""The one place that makes ids: UUIDv7 (RFC 9562), so that new rows stand together in the indexes."""

import hashlib
import os
from datetime import datetime
from uuid import UUID, uuid5

_NAMES = UUID("6f5b0b1e-8f5e-5c0a-9c57-70656e636572")  # our own; names below it: "service/<slug>", "agency/<slug>"
_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62


def new_id(at: datetime) -> UUID:
    """Return a new UUIDv7 of that time."""
    return _uuid7(at, os.urandom(10))


def derived_id(at: datetime, secret_digest: bytes) -> UUID:
    """Return the UUIDv7 of that time whose other bits come from a keyed digest of at least ten bytes.

    The same source gives the same id, and without the key nobody can guess which source it was.
    """
    return _uuid7(at, hashlib.sha256(secret_digest).digest())


def service_stream(slug: str) -> UUID:
    """Return the stream of a service: derived from its name, so that two cannot have one name."""
    return uuid5(_NAMES, f"service/{slug}")


def looks_stream(case_id: UUID) -> UUID:
    """Return the sibling stream of a case in which the looks at it stand."""
    return uuid5(case_id, "looks")


def agency_stream(slug: str) -> UUID:
    """Return the stream of an agency: derived from its name, so that two cannot have one name."""
    return uuid5(_NAMES, f"agency/{slug}")


def subscription_stream(name: str) -> UUID:
    """Return the stream of a subscription: derived from its name, so that two cannot have one name."""
    return uuid5(_NAMES, f"subscription/{name}")


def _uuid7(at: datetime, entropy: bytes) -> UUID:
    milliseconds = int(at.timestamp() * 1000) & (1 << 48) - 1
    bits = int.from_bytes(entropy[:10])
    low, middle = bits & (1 << 62) - 1, bits >> 62 & 0xFFF
    return UUID(int=milliseconds << 80 | _VERSION_7 | middle << 64 | _VARIANT | low)
