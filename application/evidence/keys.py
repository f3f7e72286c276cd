"""The window's own keys: one signs what it asks resources, one opens what they say.

Both are files in the data folder, made when they are first needed.
"""

import contextlib
import json
import os
import secrets
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

from joserfc.jwk import OKPKey

from application.evidence.signing import ALGORITHM

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
        if not (folder / signing).exists():
            _keep(OKPKey.generate_key("Ed25519", {"use": "sig"}, private=True), folder / signing)
        if not (folder / sealing).exists():
            _keep(OKPKey.generate_key("X25519", {"use": "enc"}, private=True), folder / sealing)
        return cls(_kept(folder / signing), _kept(folder / sealing))

    def public(self) -> dict[str, Any]:
        """Return the public keys as they are fetched: a JSON Web Key Set (RFC 7517)."""
        return {"keys": [_public(self.signing, ALGORITHM, "sig"), _public(self.sealing, "ECDH-ES", "enc")]}


def _public(key: OKPKey, algorithm: str, use: str) -> dict[str, Any]:
    return {**key.as_dict(private=False), "alg": algorithm, "use": use, "kid": key.kid or key.thumbprint()}


def _kept(kept: Path) -> OKPKey:
    key = OKPKey.import_key(json.loads(kept.read_bytes()))
    key.ensure_kid()
    return key


def _keep(made: OKPKey, kept: Path) -> None:
    """Keep a key in a file that only its owner reads; if another process was first, the file has that one's key."""
    made.ensure_kid()
    beside = kept.with_name(f".{kept.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(made.as_dict(private=True), file)
        file.flush()
        os.fsync(file.fileno())
    # The commit point: nobody sees half a key, and whoever loses the race uses the winner's.
    with contextlib.suppress(FileExistsError):
        os.link(beside, kept)
    beside.unlink()
