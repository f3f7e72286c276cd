"""Signatures of messages: compact JWS (RFC 7515) by Ed25519. Each side knows the other's key from the register."""

import binascii
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from joserfc.util import urlsafe_b64decode

from domain.evidence.faults import Fault, NotAcceptedError
from domain.evidence.json_text import written
from domain.evidence.values import LARGEST_MESSAGE
from domain.register.values import PublicKey
from domain.values import Value

MEDIA_TYPE: Final = "application/jose"
"""The media type of a signed message (RFC 7515, 9.2.1)."""

ALGORITHM: Final = "Ed25519"  # RFC 9864
ACCEPTED: Final = frozenset({ALGORITHM, "EdDSA"})
"""Two names of one algorithm: RFC 9864 has renamed it, and many libraries know the older name only."""

LARGEST_SIGNED: Final = LARGEST_MESSAGE * 4 // 3 + 1024
"""The most bytes of a signed message: its JSON in base64url, a header, a signature."""

_PARTS: Final = 3


class UnusableKeyError(Exception):
    """The 32 bytes are no public key that something can be sealed for or signed with."""


def signed(message: Value, key: OKPKey) -> bytes:
    """Return the signed message, as it is sent. The same message signed with the same key is the same bytes."""
    header = {"alg": ALGORITHM, "kid": key.kid or key.thumbprint()}
    return jws.serialize_compact(header, written(message), key, registry=_Registry()).encode()


def hash_of(raw: bytes) -> str:
    """Return the SHA-256 of a message's bytes as they were sent: what an answer names its question by."""
    return hashlib.sha256(raw).hexdigest()


def verified(raw: bytes, key: OKPKey) -> bytes:
    """Return the JSON of a message that this key has signed.

    Raises:
        NotAcceptedError: TOO_LARGE, NOT_A_JWS, OTHER_ALGORITHM or OTHER_SIGNER.
    """
    _header(raw)
    try:
        return jws.deserialize_compact(raw, key, registry=_Registry()).payload
    except (JoseError, ValueError, TypeError):
        raise NotAcceptedError(Fault.OTHER_SIGNER) from None


def key_id_of(raw: bytes) -> str | None:
    """Return which key a message says that it is signed with.

    Raises:
        NotAcceptedError: TOO_LARGE, NOT_A_JWS or OTHER_ALGORITHM.
    """
    named = _header(raw).get("kid")
    return named if isinstance(named, str) else None


def verifying_key(public: PublicKey) -> OKPKey:
    """Return the key that a resource's registration names.

    Raises:
        UnusableKeyError: it is none.
    """
    return imported({"kty": "OKP", "crv": "Ed25519", "x": public})


def imported(jwk: Mapping[str, Any]) -> OKPKey:
    """Return a key on Curve25519.

    Raises:
        UnusableKeyError: it is none.
    """
    try:
        key = OKPKey.import_key(dict(jwk))
        key.ensure_kid()
        _ = key.public_key  # the bytes are looked at only now
    except Exception as error:  # noqa: BLE001 - the library lets through whatever a malformed key leads to
        raise UnusableKeyError(f"no key that can be used: {type(error).__name__}") from None
    return key


def _header(raw: bytes) -> dict[str, Any]:
    """Return the header of a JWS in its compact form with an algorithm that is accepted."""
    if len(raw) > LARGEST_SIGNED:
        raise NotAcceptedError(Fault.TOO_LARGE)
    parts = raw.split(b".")
    try:
        decoded = [urlsafe_b64decode(part) for part in parts]
        header = json.loads(decoded[0])
    except (binascii.Error, ValueError, RecursionError):
        raise NotAcceptedError(Fault.NOT_A_JWS) from None
    # Nothing that must be understood is: neither extensions nor payloads that are not in base64url (RFC 7797).
    if len(parts) != _PARTS or not isinstance(header, dict) or "crit" in header:
        raise NotAcceptedError(Fault.NOT_A_JWS)
    if header.get("alg") not in ACCEPTED:
        raise NotAcceptedError(Fault.OTHER_ALGORITHM)
    return header


class _Registry(jws.JWSRegistry):
    """Both names of the algorithm, without the library's warning about the older; any header that is not critical."""

    max_payload_length = LARGEST_SIGNED

    def __init__(self) -> None:
        super().__init__(algorithms=sorted(ACCEPTED), strict_check_header=False)

    def get_alg(self, name: str) -> Any:
        return self.algorithms[name]
