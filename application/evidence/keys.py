"""The window's own keys: one signs what it asks resources, one opens what they say.

Both are files in the data folder, made when they are first needed.
"""

from pathlib import Path
from typing import Any, Final, NamedTuple, Self

from joserfc.jwk import OKPKey

from application.evidence.signing import ALGORITHM
from application.key_files import kept_key

SIGNING_FILE: Final = "evidence-signing-key.json"
SEALING_FILE: Final = "evidence-sealing-key.json"


class EvidenceKeys(NamedTuple):
    """The key that signs (Ed25519), and the key that others seal for (X25519)."""

    signing: OKPKey
    sealing: OKPKey

    @classmethod
    def kept_in(cls, folder: Path, signing: str = SIGNING_FILE, sealing: str = SEALING_FILE) -> Self:
        """Return the keys in a folder; those that are missing are made.

        Raises:
            OSError: they can be neither read nor made.
        """
        return cls(kept_key(folder / signing, "Ed25519", "sig"), kept_key(folder / sealing, "X25519", "enc"))

    def public(self) -> dict[str, Any]:
        """Return the public keys as they are fetched: a JSON Web Key Set (RFC 7517)."""
        return {"keys": [_public(self.signing, ALGORITHM, "sig"), _public(self.sealing, "ECDH-ES", "enc")]}


def _public(key: OKPKey, algorithm: str, use: str) -> dict[str, Any]:
    return {**key.as_dict(private=False), "alg": algorithm, "use": use, "kid": key.kid or key.thumbprint()}
