"""The files that people are given: a receipt, and the complete history of a case. docs/adr/0008 has the reasons.

A receipt is a proof by c2sp.org/tlog-proof; its extra data are the bytes that the entry is computed from. A complete
history is a head statement followed by the receipts of its events, in the order of the log.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from ledger.public_log.note import to_base64
from ledger.store.entries import StoredEntry
from ledger.store.entry_hash import preimage_of

MEDIA_TYPE: Final = "text/plain; charset=utf-8"
FIRST_LINE: Final = b"c2sp.org/tlog-proof@v1\n"


def receipt(event: StoredEntry, path: Sequence[bytes], checkpoint: bytes) -> bytes:
    """Return the receipt of an event.

    Args:
        event: the stored event; the receipt contains only the hash of its sealed part.
        path: the proof that it is in the checkpoint's tree.
        checkpoint: as it is published, including cosignatures.
    """
    lines = [f"extra {to_base64(preimage_of(event))}", f"index {event.position - 1}", *map(to_base64, path)]
    return FIRST_LINE + "\n".join(lines).encode() + b"\n\n" + checkpoint


def complete_history(statement: bytes, receipts: Iterable[bytes]) -> bytes:
    """Return the complete history of a case: the signed head statement, and its receipts in the order of the log."""
    return statement + b"".join(receipts)


def parts_of(history: bytes) -> tuple[bytes, list[bytes]]:
    """Return the signed head statement and the receipts of a complete history, without checking them."""
    statement, *receipts = history.split(FIRST_LINE)
    return statement, [FIRST_LINE + each for each in receipts]
