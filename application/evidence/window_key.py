"""The window's own key, which signs what it asks resources: a file in the data folder, made when it is first needed."""

import contextlib
import json
import os
import secrets
from pathlib import Path
from typing import Any, Final

from joserfc.jwk import OKPKey

from application.evidence.signing import ALGORITHM

KEY_FILE: Final = "evidence-key.json"


def signing_key(data: Path) -> OKPKey:
    """Return the window's key in the data folder; it is made if there is none.

    Raises:
        OSError: it can be neither read nor made.
    """
    kept = data / KEY_FILE
    if not kept.exists():
        keep_key(OKPKey.generate_key("Ed25519", {"use": "sig"}, private=True), kept)
    return kept_key(kept)


def public_key_set(key: OKPKey) -> dict[str, Any]:
    """Return the public key as resources fetch it: a JSON Web Key Set (RFC 7517)."""
    public = {**key.as_dict(private=False), "alg": ALGORITHM, "use": "sig", "kid": key.kid or key.thumbprint()}
    return {"keys": [public]}


def kept_key(kept: Path) -> OKPKey:
    """Return a key that is kept in a file."""
    key = OKPKey.import_key(json.loads(kept.read_bytes()))
    key.ensure_kid()
    return key


def keep_key(made: OKPKey, kept: Path) -> None:
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
