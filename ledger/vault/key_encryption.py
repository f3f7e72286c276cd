"""Key-encryption keys (KEK), which wrap the vault's keys. A port, and its default, a file."""

import base64
import fcntl
import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_LENGTH = 12
_KEY_LENGTH = 32


class KeyEncryptionError(Exception):
    """Keys cannot be wrapped or unwrapped; the text says why."""


class KekUnknownError(KeyEncryptionError):
    """The key-encryption key is missing: a rotation has retired it, or it was not copied here."""


class KeyBrokenError(KeyEncryptionError):
    """The stored key was not wrapped under this name: it was changed, or swapped with another."""


class PlainKey(NamedTuple):
    """A key to wrap, and the name that it is bound to."""

    name: bytes
    key: bytes

    def __repr__(self) -> str:
        """Show the name only."""
        return f"PlainKey({self.name.hex()})"


class WrappedKey(NamedTuple):
    """A wrapped key, the name that it is bound to, and the id of the key that wrapped it."""

    name: bytes
    kek_id: str
    wrapped: bytes


class KeyEncryption(Protocol):
    """Wraps keys under a key-encryption key that never leaves it; a KMS may implement it."""

    async def wrap(self, keys: Sequence[PlainKey]) -> tuple[str, list[bytes]]:
        """Wrap all of them under the current key-encryption key; return its id and the wrapped keys."""

    async def unwrap(self, keys: Sequence[WrappedKey]) -> list[bytes | KeyEncryptionError]:
        """Return each key, or the error that says why it cannot be unwrapped."""

    async def begin_rotation(self) -> tuple[str, ...]:
        """Make a new current key, unless a rotation is unfinished; return the ids of the old keys.

        The new key is durable when this returns.
        """

    async def drop(self, kek_ids: Sequence[str]) -> None:
        """Delete these keys: everything wrapped with them, here or in any backup, is lost from then on."""


class _Ring(NamedTuple):
    current: str
    keys: Mapping[str, bytes]
    seals: Mapping[str, AESGCM]

    @classmethod
    def of(cls, current: str, keys: Mapping[str, bytes]) -> "_Ring":
        return cls(current, keys, {kek_id: AESGCM(key) for kek_id, key in keys.items()})


class FileKeyEncryption:
    """Key-encryption keys in a file of mode 0600, created on the first wrap.

    The file is read again whenever it has changed, so a rotation in another process is seen at once.

    Raises:
        KeyEncryptionError: by any method, when the file is damaged, readable by others or missing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: _Ring | None = None
        self._as_of: tuple[int, int, int] | None = None

    async def wrap(self, keys: Sequence[PlainKey]) -> tuple[str, list[bytes]]:
        """Wrap by AES-256-GCM, each key bound to its name: nonce, ciphertext, tag."""
        ring = self._read() or self._make()
        seal = ring.seals[ring.current]
        fresh = os.urandom(_NONCE_LENGTH * len(keys))
        nonces = [fresh[start : start + _NONCE_LENGTH] for start in range(0, len(fresh), _NONCE_LENGTH)]
        return ring.current, [
            nonce + seal.encrypt(nonce, key, name) for nonce, (name, key) in zip(nonces, keys, strict=True)
        ]

    async def unwrap(self, keys: Sequence[WrappedKey]) -> list[bytes | KeyEncryptionError]:
        """Return each key, or the error that says why it cannot be unwrapped."""
        ring = self._read()
        return [_unwrap(ring.seals if ring else {}, key) for key in keys]

    async def begin_rotation(self) -> tuple[str, ...]:
        """Make a new current key, unless a rotation is unfinished; return the ids of the old keys."""

        def with_new(ring: _Ring | None) -> _Ring:
            if ring is not None and len(ring.keys) > 1:
                return ring  # a rotation was interrupted: its new key is the current one already
            current = os.urandom(8).hex()
            return _Ring.of(current, {**(ring.keys if ring else {}), current: os.urandom(_KEY_LENGTH)})

        ring = self._change(with_new)
        return tuple(kek_id for kek_id in ring.keys if kek_id != ring.current)

    async def drop(self, kek_ids: Sequence[str]) -> None:
        """Delete these keys, but never the current one."""

        def without(ring: _Ring | None) -> _Ring:
            if ring is None:
                raise KeyEncryptionError(f"{self._path} has gone")
            kept = {kek_id: key for kek_id, key in ring.keys.items() if kek_id not in kek_ids or kek_id == ring.current}
            return _Ring.of(ring.current, kept)

        self._change(without)

    def _make(self) -> _Ring:
        def first(ring: _Ring | None) -> _Ring:
            current = os.urandom(8).hex()
            return ring or _Ring.of(current, {current: os.urandom(_KEY_LENGTH)})

        return self._change(first)

    def _read(self) -> _Ring | None:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            if self._known is not None:
                raise KeyEncryptionError(f"{self._path} has gone") from None
            return None
        as_of = (status.st_mtime_ns, status.st_ino, status.st_size)
        if as_of != self._as_of:
            if status.st_mode & 0o077:
                raise KeyEncryptionError(f"{self._path} is open to others than its owner: chmod 600")
            ring = self._parse()
            # Make a new file durable before anything is wrapped: a power cut must not lose a key that is in use.
            self._make_durable()
            self._known, self._as_of = ring, as_of
        return self._known

    def _make_durable(self) -> None:
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _parse(self) -> _Ring:
        try:
            held = json.loads(self._path.read_text())
            keys = {str(kek_id): base64.b64decode(key, validate=True) for kek_id, key in held["keys"].items()}
            whole = held["current"] in keys and all(len(key) == _KEY_LENGTH for key in keys.values())
        except (ValueError, KeyError, TypeError, AttributeError):
            whole = False
        if not whole:
            # No cause: its text would contain a piece of the file.
            raise KeyEncryptionError(f"{self._path} is not a key file") from None
        return _Ring.of(held["current"], keys)

    def _change(self, change: Callable[[_Ring | None], _Ring]) -> _Ring:
        """Replace the file's content; processes do this one after the other."""
        with self._path.with_name(self._path.name + ".lock").open("w") as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)
            before = self._read()
            ring = change(before)
            if ring is not before:
                self._write(ring)
                self._read()
            return ring

    def _write(self, ring: _Ring) -> None:
        keys = {kek_id: base64.b64encode(key).decode() for kek_id, key in ring.keys.items()}
        beside = self._path.with_name(self._path.name + ".new")
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump({"current": ring.current, "keys": keys}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        # The commit point: a crash before it leaves the old file, and the new key was never used.
        beside.rename(self._path)


def _unwrap(seals: Mapping[str, AESGCM], stored: WrappedKey) -> bytes | KeyEncryptionError:
    seal = seals.get(stored.kek_id)
    if seal is None:
        return KekUnknownError(f"the key-encryption key {stored.kek_id} is not there")
    try:
        nonce, ciphertext = stored.wrapped[:_NONCE_LENGTH], stored.wrapped[_NONCE_LENGTH:]
        return seal.decrypt(nonce, ciphertext, stored.name)
    except (InvalidTag, ValueError):
        return KeyBrokenError(f"a key of the vault was changed or swapped: {stored.name.hex()}")
