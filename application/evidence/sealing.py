"""Seals parts of a message for one resource: compact JWE (RFC 7516), ECDH-ES on X25519 with A256GCM."""

from typing import Final, TypeVar

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from application.evidence.signing import UnusableKeyError, imported
from domain.evidence.faults import Fault, NotAcceptedError
from domain.evidence.json_text import read_sealed, written
from domain.register.values import PublicKey
from domain.values import Value

Part = TypeVar("Part", bound=Value)

_ALGORITHMS: Final = ["ECDH-ES", "A256GCM"]
_HEADER: Final = {"alg": "ECDH-ES", "enc": "A256GCM", "cty": "json"}


def sealed(part: Value, sealing_key: PublicKey) -> str:
    """Return a part that only the holder of the key can open; two seals of the same part have nothing in common.

    Raises:
        UnusableKeyError: nothing can be sealed for such a key.
    """
    key = imported({"kty": "OKP", "crv": "X25519", "x": sealing_key})
    try:
        return jwe.encrypt_compact(dict(_HEADER), written(part), key, algorithms=_ALGORITHMS)
    except (JoseError, ValueError) as error:  # such as a point of low order, with which everybody could open it
        raise UnusableKeyError(f"nothing can be sealed for such a key: {type(error).__name__}") from None


def opened(part: str, key: OKPKey, kind: type[Part]) -> Part:
    """Return what is sealed.

    Raises:
        NotAcceptedError: it is not sealed for this key, or is nothing of that kind.
    """
    try:
        plain = jwe.decrypt_compact(part, key, algorithms=_ALGORITHMS).plaintext
    except (JoseError, ValueError, TypeError):
        raise NotAcceptedError(Fault.NOT_SEALED_FOR_IT) from None
    if plain is None:
        raise NotAcceptedError(Fault.NOT_SEALED_FOR_IT)
    return read_sealed(plain, kind)
