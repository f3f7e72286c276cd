"""Keys in files (JSON Web Keys, RFC 7517), which only their owner reads, made when they are first needed."""

import contextlib
import json
import os
import secrets
from pathlib import Path
from typing import Literal

from joserfc.jwk import OKPKey


def kept_key(file: Path, curve: Literal["Ed25519", "X25519"], use: str) -> OKPKey:
    """Return the key in a file; one that is missing is made.

    Args:
        file: where it is kept.
        curve: for signatures the first, for seals the second.
        use: `sig` or `enc`.

    Raises:
        OSError: it can be neither read nor made.
    """
    if not file.exists():
        _keep(OKPKey.generate_key(curve, {"use": use}, private=True), file)
    key = OKPKey.import_key(json.loads(file.read_bytes()))
    key.ensure_kid()
    return key


def _keep(made: OKPKey, kept: Path) -> None:
    """Keep a key; if another process was first, the file has that one's key."""
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
