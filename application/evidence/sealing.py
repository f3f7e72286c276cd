"""Seals by compact JWE (RFC 7516), ECDH-ES on X25519 with A256GCM.

Of what the window asks, the parts that name a person are sealed for the resource. What a resource says is sealed for
the window as a whole, after it was signed: on its way nobody reads what a register holds, by Kafka or by HTTP.
"""

from typing import Final, TypeVar

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from application.evidence.signing import LARGEST_SIGNED, UnusableKeyError, imported, signed
from domain.evidence.faults import Fault, NotAcceptedError
from domain.evidence.json_text import read_sealed, written
from domain.register.values import PublicKey
from domain.values import Value

Part = TypeVar("Part", bound=Value)

LARGEST_SEALED: Final = LARGEST_SIGNED * 4 // 3 + 1024
"""The most bytes of what a resource says: a signed message in base64url, and what opens it."""

_ALGORITHMS: Final = ("ECDH-ES", "A256GCM")
_HEADER: Final = {"alg": "ECDH-ES", "enc": "A256GCM"}


def sealed(part: Value, sealing_key: PublicKey) -> str:
    """Return a part that only the holder of the key can open; two seals of the same part have nothing in common.

    Raises:
        UnusableKeyError: nothing can be sealed for such a key.
    """
    key = imported({"kty": "OKP", "crv": "X25519", "x": sealing_key})
    return _sealed(written(part), key, "json")


def opened(part: str, key: OKPKey, kind: type[Part]) -> Part:
    """Return what is sealed.

    Raises:
        NotAcceptedError: it is not sealed for this key, or is nothing of that kind.
    """
    plain = _opened(part.encode(), key)
    if plain is None:
        raise NotAcceptedError(Fault.NOT_SEALED_FOR_IT)
    return read_sealed(plain, kind)


def said(message: Value, signing: OKPKey, window: OKPKey) -> bytes:
    """Return a resource's message as it is sent: signed, and then sealed for the window."""
    return said_raw(signed(message, signing), window)


def said_raw(signed_message: bytes, window: OKPKey) -> bytes:
    """Return a signed message sealed for the window.

    Raises:
        UnusableKeyError: nothing can be sealed for such a key.
    """
    return _sealed(signed_message, window, "JOSE").encode()


def heard(raw: bytes, window: OKPKey) -> bytes:
    """Return the signed message in what a resource has sent.

    Raises:
        NotAcceptedError: TOO_LARGE, or NOT_SEALED for this key.
    """
    if len(raw) > LARGEST_SEALED:
        raise NotAcceptedError(Fault.TOO_LARGE)
    plain = _opened(raw, window)
    if plain is None:
        raise NotAcceptedError(Fault.NOT_SEALED)
    return plain


def _sealed(plain: bytes, key: OKPKey, content_type: str) -> str:
    header = {**_HEADER, "cty": content_type, **({"kid": key.kid} if content_type == "JOSE" and key.kid else {})}
    try:
        return jwe.encrypt_compact(header, plain, key, registry=_registry())
    except (JoseError, ValueError) as error:  # such as a point of low order, with which everybody could open it
        raise UnusableKeyError(f"nothing can be sealed for such a key: {type(error).__name__}") from None


def _opened(raw: bytes, key: OKPKey) -> bytes | None:
    try:
        return jwe.decrypt_compact(raw, key, registry=_registry()).plaintext
    except (JoseError, ValueError, TypeError, RecursionError):
        return None


def _registry() -> jwe.JWERegistry:
    return _Registry(algorithms=_ALGORITHMS, strict_check_header=False)


class _Registry(jwe.JWERegistry):
    """No algorithm but ours: nothing compressed either, which a small message could make huge."""

    max_ciphertext_length = LARGEST_SEALED
