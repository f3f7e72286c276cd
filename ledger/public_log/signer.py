"""Signs checkpoints: a port, and its default, a key in a separate folder. A log never signs two trees that differ.

The last signed tree is stored beside the key, outside the database; it is compared and replaced before a signature is
given out. So a restored old database cannot make the key sign a different tree of the same size, nor a smaller one.
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, Self

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.embedded.cluster import make_durable
from ledger.public_log.checkpoint import Checkpoint, TreeHead, opened
from ledger.public_log.hashing import EMPTY_ROOT
from ledger.public_log.head_statement import HeadStatement, statement_key
from ledger.public_log.note import ED25519, Note, NoteError, NoteSignature, VerifierKey
from ledger.public_log.proofs import ProofError, check_consistency
from ledger.public_log.stops import ForkError, SignerAheadError, SignerStateError

_KEY, _LAST = "signing-key.pem", "last-signed"


class LogSigner(Protocol):
    """The key of one log, with the last checkpoint that it signed; a KMS may implement it."""

    @property
    def vkey(self) -> VerifierKey:
        """The public key, under the log's origin."""

    def last(self) -> tuple[TreeHead, bytes]:
        """Return the last signed tree, and its checkpoint. Before the first one it is the empty tree."""

    def sign(self, head: TreeHead, proof: Sequence[bytes]) -> bytes:
        """Return the signed checkpoint of a tree that extends the last signed one, as the proof shows.

        The checkpoint is durable as the last signed one when this returns. The last signed tree may be signed again.

        Raises:
            SignerAheadError: the tree is smaller than the last signed one.
            ForkError: it does not extend that one.
        """

    def state(self, statement: HeadStatement) -> bytes:
        """Return the signed head statement of a case. The caller has checked that it is true.

        Raises:
            SignerStateError: it belongs to another log, or to a tree that this key has not signed.
        """


class FileLogSigner:
    """A key in a file of mode 0600, and the last checkpoint beside it. Use `open` or `make`.

    Raises:
        SignerStateError: by any method, when a file is missing, damaged or open to others.
    """

    def __init__(self, folder: Path, origin: str, key: Ed25519PrivateKey) -> None:
        self._folder, self._key = folder, key
        self._vkey = VerifierKey(origin, ED25519, key.public_key().public_bytes_raw())

    @classmethod
    def open(cls, folder: Path, origin: str) -> Self | None:
        """Return the signer whose key is in the folder; None when there is no key."""
        path = folder / _KEY
        try:
            if path.stat().st_mode & 0o077:
                raise SignerStateError(f"{path} is open to others than its owner: chmod 600")
            key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        except FileNotFoundError:
            return None
        except ValueError:
            key = None
        if not isinstance(key, Ed25519PrivateKey):
            raise SignerStateError(f"{path} is not an Ed25519 key")
        return cls(folder, origin, key)

    @classmethod
    def make(cls, folder: Path, origin: str) -> Self:
        """Return a signer with a new key, or with one that another process has just created."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(folder):
            there = cls.open(folder, origin)
            if there is not None:
                return there
            made = cls(folder, origin, Ed25519PrivateKey.generate())
            made._keep(made._signed(TreeHead(0, EMPTY_ROOT)))
            # A crash here leaves a checkpoint signed by a key that nobody ever used; the next key overwrites it.
            form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            _write(folder / _KEY, made._key.private_bytes(*form))
        make_durable(folder.parent)
        return made

    @property
    def vkey(self) -> VerifierKey:
        """The public key, under the log's origin."""
        return self._vkey

    def last(self) -> tuple[TreeHead, bytes]:
        """Return the last signed tree, and its checkpoint."""
        path = self._folder / _LAST
        try:
            raw = path.read_bytes()
            return opened(raw, self._vkey).head, raw
        except FileNotFoundError:
            raise SignerStateError(
                f"{path} is missing: without it the key could sign a second history. `pencere log resume FILE` takes"
                " the newest checkpoint that has left the house"
            ) from None
        except NoteError as error:
            raise SignerStateError(f"{path} is not the last checkpoint of this key and origin: {error}") from None

    def sign(self, head: TreeHead, proof: Sequence[bytes]) -> bytes:
        """Return the signed checkpoint of a tree that extends the last signed one, as the proof shows."""
        with _alone(self._folder):
            last, raw = self.last()
            if head.size < last.size:
                raise SignerAheadError(last.size, head.size)
            try:
                check_consistency(last.size, last.root, head.size, head.root, proof)
            except ProofError:
                raise ForkError(last.size) from None
            if head != last:
                raw = self._signed(head)
                self._keep(raw)
            return raw

    def state(self, statement: HeadStatement) -> bytes:
        """Return the signed head statement of a case. The caller has checked that it is true."""
        last, _ = self.last()
        if statement.origin != self._vkey.name or statement.size > last.size:
            raise SignerStateError(
                f"no statement about a tree of {statement.size} events of {statement.origin} is signed"
            )
        return self._signed_note(statement.text, statement_key(self._vkey))

    def resume(self, raw: bytes) -> TreeHead:
        """Store a checkpoint of this log as the last signed one, if the stored one is missing or smaller.

        Raises:
            NoteError: it is not a checkpoint of this log.
            SignerAheadError: the key has signed a larger tree.
        """
        head = opened(raw, self._vkey).head
        with _alone(self._folder):
            if (self._folder / _LAST).exists():
                last, _ = self.last()
                if last.size > head.size:
                    raise SignerAheadError(last.size, head.size)
                if last.size == head.size and last != head:
                    raise ForkError(head.size)
            note = Note.parse(raw)
            self._keep(note._replace(signatures=tuple(note.signatures_of(self._vkey))).raw)
        return head

    def _signed(self, head: TreeHead) -> bytes:
        return self._signed_note(Checkpoint(self._vkey.name, head).text, self._vkey)

    def _signed_note(self, text: str, under: VerifierKey) -> bytes:
        return Note(text, (NoteSignature(under.name, under.key_id, self._key.sign(text.encode())),)).raw

    def _keep(self, raw: bytes) -> None:
        # The commit point is the rename in it. After a crash before it, nobody has a signature. After a later crash
        # the checkpoint may have been given out or not; it is the last one, and the next keeper publishes it.
        _write(self._folder / _LAST, raw)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other processes of this machine from signing during the block."""
    with (folder / "lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        yield


def _write(path: Path, content: bytes) -> None:
    """Replace a file, durably, for its owner only."""
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.rename(path)
    make_durable(path.parent)
