"""Seals an event's personal data under a person's key, and opens it again.

AES-256-GCM, bound to stream, version and stored field name; docs/adr/0003 has the format and test vectors.
"""

import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from typing import NamedTuple
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import JsonValue

from ledger.vault.person_key import CaseKey

_NONCE_LENGTH = 12
_PAD = 32


class SealBrokenError(Exception):
    """The sealed data was not sealed in this place under this key; the text shows nothing of the data."""


class Opened(NamedTuple):
    """The opened fields of an event, and the names of the fields whose key is gone."""

    fields: dict[str, JsonValue]
    erased: tuple[str, ...]


def _random_nonce() -> bytes:
    return os.urandom(_NONCE_LENGTH)


def seal_fields(
    fields: Mapping[str, JsonValue],
    key: CaseKey,
    stream: UUID,
    version: int,
    nonce: Callable[[], bytes] = _random_nonce,
) -> bytes:
    """Return the sealed part of an event: canonical JSON, or nothing when there are no fields.

    Each value is padded with spaces to a multiple of 32 bytes, so that its length does not give it away.

    Args:
        fields: stored field name -> value.
        key: the key of the person whose data it is.
        stream: the event's stream.
        version: the event's version.
        nonce: returns 12 bytes, never the same twice under one key; replaced for test vectors only.

    Raises:
        ValueError: the key is only a pseudonym, or a value is not JSON.
    """
    if not fields:
        return b""
    if key.dek is None:
        raise ValueError("nothing is sealed under a mere pseudonym")
    seal = AESGCM(key.dek)
    event = _event_bytes(stream, version)
    sealed: dict[str, str] = {}
    for name, value in fields.items():
        fresh = nonce()
        sealed[name] = b64encode(fresh + seal.encrypt(fresh, _plain(name, value), event + name.encode())).decode()
    return orjson.dumps({str(key.key_ref): sealed}, option=orjson.OPT_SORT_KEYS)


def key_refs(sealed: bytes) -> tuple[UUID, ...]:
    """Return the references of the keys that a sealed part needs.

    Raises:
        SealBrokenError: this is not a sealed part.
    """
    return tuple(_parsed(sealed))


def open_sealed(sealed: bytes, deks: Mapping[UUID, bytes], stream: UUID, version: int) -> Opened:
    """Return the fields of an event's sealed part whose key is among `deks`, and the names of the others.

    Raises:
        SealBrokenError: a field was changed, renamed, moved here from elsewhere or sealed under another key.
    """
    fields: dict[str, JsonValue] = {}
    erased: list[str] = []
    event = _event_bytes(stream, version)
    for key_ref, sealed_fields in _parsed(sealed).items():
        dek = deks.get(key_ref)
        if dek is None:
            erased += sealed_fields
            continue
        seal = AESGCM(dek)
        for name, value in sealed_fields.items():
            try:
                held = b64decode(value, validate=True)
                plain = seal.decrypt(held[:_NONCE_LENGTH], held[_NONCE_LENGTH:], event + name.encode())
                fields[name] = orjson.loads(plain)
            except (InvalidTag, ValueError, TypeError):
                # No cause: none of the content may get into a log.
                raise SealBrokenError(f"the sealed field {name} of {stream} {version} does not open") from None
    return Opened(fields, tuple(erased))


def _event_bytes(stream: UUID, version: int) -> bytes:
    return stream.bytes + version.to_bytes(8, "big")


def _plain(name: str, value: JsonValue) -> bytes:
    try:
        plain = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        raise ValueError(f"the value of {name} is not JSON") from None
    return plain.ljust(-(-len(plain) // _PAD) * _PAD)


def _parsed(sealed: bytes) -> dict[UUID, dict[str, str]]:
    if not sealed:
        return {}
    try:
        held = orjson.loads(sealed)
        return {UUID(key_ref): dict(fields) for key_ref, fields in held.items()}
    except (ValueError, AttributeError, TypeError):
        raise SealBrokenError("this is not a sealed part") from None
