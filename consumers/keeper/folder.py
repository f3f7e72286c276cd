"""A keeper's folder: its key, its memory, and a lock, so that one process at a time is the keeper."""

import fcntl
from pathlib import Path
from typing import Final, Self, TextIO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from application.key_files import kept_key

_KEY: Final = "key.json"


class KeeperFolder:
    """The folder of a keeper; it is made when it is not there, for its owner only.

    Args:
        path: the folder. Never bring it back from a backup: links that were promised since would be promised again.

    Raises:
        OSError: the folder cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: TextIO | None = None
        path.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def key_file(self) -> Path:
        """The file of the key that signs."""
        return self.path / _KEY

    @property
    def memory(self) -> Path:
        """The file of the keeper's chains and promises."""
        return self.path / "chains.sqlite"

    def is_ours(self) -> bool:
        """Return whether this process is the keeper now, until it ends."""
        if self._lock is None:
            lock = (self.path / "lock").open("w")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.close()
                return False
            self._lock = lock
        return True

    def leave(self) -> Self:
        """Let another process be the keeper."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        return self

    def key(self) -> Ed25519PrivateKey:
        """Return the key that signs; it is made when there is none."""
        return own_key_in(self.path)


def own_key_in(path: Path) -> Ed25519PrivateKey:
    """Return the key of the keeper with that folder; it is made when there is none."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    raw = kept_key(path / _KEY, "Ed25519", "sig").raw_value
    if not isinstance(raw, Ed25519PrivateKey):
        raise TypeError("the keeper's key is not one")
    return raw
