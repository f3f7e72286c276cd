"""Reads receipts that somebody has handed over, and checks what each proves (see `proof_files`)."""

import hashlib
import re
from collections.abc import Sequence
from typing import Final, NamedTuple
from uuid import UUID

from ledger.public_log.checkpoint import cosigned_at, opened
from ledger.public_log.note import Note, NoteError, VerifierKey, from_base64
from ledger.public_log.proof_files import FIRST_LINE
from ledger.public_log.proofs import ProofError, check_inclusion
from ledger.store.entries import StoredEntry
from ledger.store.entry_hash import leaf_hash

_RECEIPT: Final = re.compile(rb"extra (\S+)\nindex (0|[1-9][0-9]{0,18})\n((?:[^=\n]{43}=\n)*)\n([^\0]+)")
_TOPIC_AT: Final = 61  # after 1, salt[32], stream[16], version[8] and the topic's length[4]
_LONGEST_TOPIC: Final = 100


class Received(NamedTuple):
    """An event that a log has signed, its entry, and the size of the checkpoint. What is sealed is not there."""

    event: StoredEntry
    entry: bytes
    size: int


class ReceiptError(Exception):
    """The file is no receipt, or it does not prove what it says."""


def received(file: bytes, key: VerifierKey, witnesses: Sequence[VerifierKey]) -> list[Received]:
    """Return what the receipts of a file prove, in their order.

    Args:
        file: one receipt or several, one after the other.
        key: the log's.
        witnesses: who must have cosigned each checkpoint.

    Raises:
        ReceiptError: one of them proves nothing.
    """
    before, *receipts = file.split(FIRST_LINE)
    if before or not receipts:
        raise ReceiptError("it is no file of receipts")
    try:
        return [_received(receipt, key, witnesses) for receipt in receipts]
    except (NoteError, ProofError, ValueError) as error:
        raise ReceiptError(str(error)) from None


def _received(receipt: bytes, key: VerifierKey, witnesses: Sequence[VerifierKey]) -> Received:
    found = _RECEIPT.fullmatch(receipt)
    if found is None:
        raise ReceiptError("it is no receipt")
    extra, index, lines, note = found.groups()
    head = opened(note, key).head
    signed = Note.parse(note)
    for witness in witnesses:
        if not _has_cosigned(signed, witness):
            raise ReceiptError(f"{witness.name} has not cosigned the checkpoint")
    raw = from_base64(extra.decode())
    event, entry = _event(raw, int(index) + 1)
    path = [from_base64(line.decode()) for line in lines.splitlines()]
    check_inclusion(leaf_hash(entry), int(index), head.size, path, head.root)
    return Received(event, entry, head.size)


def _has_cosigned(note: Note, witness: VerifierKey) -> bool:
    signatures = list(note.signatures_of(witness))
    for signature in signatures:
        cosigned_at(note.text, witness, signature)
    return bool(signatures)


def _event(raw: bytes, position: int) -> tuple[StoredEntry, bytes]:
    """Return the event of an entry's preimage, and the entry."""
    length = int.from_bytes(raw[_TOPIC_AT - 4 : _TOPIC_AT])
    ends = _TOPIC_AT + length
    begins = ends + 8
    if raw[:1] != b"\x01" or length > _LONGEST_TOPIC or len(raw) < begins + 32:
        raise ReceiptError("the event is cut off")
    head, said, sealed_hash = raw[:begins], raw[begins:-32], raw[-32:]
    entry = hashlib.sha256(head + hashlib.sha256(said).digest() + sealed_hash).digest()
    event = StoredEntry(
        position=position,
        stream=UUID(bytes=raw[33:49]),
        version=int.from_bytes(raw[49:57]),
        recorded_at=int.from_bytes(raw[ends:begins]),
        topic=raw[_TOPIC_AT:ends].decode(),
        salt=raw[1:33],
        open=said,
        sealed=b"",
    )
    return event, entry
