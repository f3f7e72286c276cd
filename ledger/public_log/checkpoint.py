"""Checkpoints (c2sp.org/tlog-checkpoint) and witnesses' cosignatures on them (c2sp.org/tlog-cosignature)."""

from typing import Final, NamedTuple, Self

from ledger.public_log.hashing import HASH
from ledger.public_log.note import (
    COSIGNATURE,
    ED25519,
    Note,
    NoteError,
    NoteSignature,
    VerifierKey,
    from_base64,
    to_base64,
)

_TIMESTAMP: Final = 8
_LATEST: Final = (1 << 63) - 1
_LONGEST_SIZE: Final = 19
_LINES: Final = 3


class TreeHead(NamedTuple):
    """The size and the root of a tree."""

    size: int
    root: bytes


class Checkpoint(NamedTuple):
    """The content of a checkpoint: the log's origin, and its tree."""

    origin: str
    head: TreeHead

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the checkpoint in the text of a note. Extension lines are ignored: nobody vouches for them.

        Raises:
            NoteError: it is not the text of a checkpoint.
        """
        lines = text.split("\n")
        if len(lines) <= _LINES or lines.pop() or not all(lines):
            raise NoteError("a checkpoint has three lines: origin, size, root")
        origin, size, root = lines[:_LINES]
        if not (size.isascii() and size.isdecimal() and len(size) <= _LONGEST_SIZE and str(int(size)) == size):
            raise NoteError("the size of a checkpoint is not a number")
        hashed = from_base64(root)
        if len(hashed) != HASH:
            raise NoteError("the root of a checkpoint is not a hash")
        return cls(origin, TreeHead(int(size), hashed))

    @property
    def text(self) -> str:
        """The text to sign."""
        return f"{self.origin}\n{self.head.size}\n{to_base64(self.head.root)}\n"


def opened(raw: bytes, key: VerifierKey) -> Checkpoint:
    """Return the content of a signed checkpoint of this log.

    Raises:
        NoteError: it is not a checkpoint of this log, signed by this key.
    """
    note = Note.parse(raw)
    if key.algorithm != ED25519:
        raise NoteError("a witness's key signs no checkpoints")
    note.check(key)
    checkpoint = Checkpoint.parse(note.text)
    if checkpoint.origin != key.name:
        raise NoteError(f"a checkpoint of {checkpoint.origin}, not of {key.name}")
    return checkpoint


def cosigned_message(text: str, timestamp: int) -> bytes:
    """Return the message that a witness signs: that at this time (POSIX) this was the largest consistent tree."""
    return f"cosignature/v1\ntime {timestamp}\n{text}".encode()


def cosigned_at(text: str, key: VerifierKey, signature: NoteSignature) -> int:
    """Return the time at which the witness has cosigned the checkpoint with this text.

    Raises:
        NoteError: it has not.
    """
    timestamp, signed = int.from_bytes(signature.signature[:_TIMESTAMP]), signature.signature[_TIMESTAMP:]
    if (
        key.algorithm != COSIGNATURE
        or not key.claims(signature)
        or not 0 < timestamp <= _LATEST
        or not key.has_signed(cosigned_message(text, timestamp), signed)
    ):
        raise NoteError(f"the checkpoint is not cosigned by {key.name}")
    return timestamp
