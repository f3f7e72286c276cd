"""The list of a draw: one commitment for each eligible seat, which says nothing before it is opened."""

import hashlib
from collections.abc import Sequence
from typing import Final, NamedTuple

SALT_BYTES: Final = 32
ID_BYTES: Final = 16
COMMITMENT_BYTES: Final = 32

_SEAT: Final = b"pencere/draw-seat/v1\x00"


class Opening(NamedTuple):
    """What opens a commitment: a salt of 32 bytes, the seat, and its pseudonym in the case, 16 bytes each."""

    salt: bytes
    seat: bytes
    pseudonym: bytes


def commitment_of(opening: Opening) -> bytes:
    """Return the commitment to a seat under its pseudonym in the case.

    Raises:
        ValueError: a part has another length than it must have.
    """
    if (len(opening.salt), len(opening.seat), len(opening.pseudonym)) != (SALT_BYTES, ID_BYTES, ID_BYTES):
        raise ValueError("a salt has 32 bytes, and a seat and a pseudonym have 16")
    return hashlib.sha256(_SEAT + opening.salt + opening.seat + opening.pseudonym).digest()


def hash_of_list(commitments: Sequence[bytes]) -> bytes:
    """Return the hash of a list of commitments, in their order.

    Raises:
        ValueError: one of them has not 32 bytes.
    """
    if any(len(commitment) != COMMITMENT_BYTES for commitment in commitments):
        raise ValueError("a commitment has 32 bytes")
    return hashlib.sha256(len(commitments).to_bytes(4) + b"".join(commitments)).digest()
