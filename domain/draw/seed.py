"""The seed of a draw and the pick that follows from it: anybody who has the public parts computes the same."""

import hashlib
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Final, NamedTuple

from domain.draw.seats import ID_BYTES

NONCE_BYTES: Final = 32
NO_NONCE: Final = bytes(NONCE_BYTES)
"""What stands for the nonce of an applicant who has sent none."""

_DRAW: Final = b"pencere/draw/v1\x00"
_NONCE: Final = b"pencere/draw-nonce/v1\x00"
_PICK: Final = b"pencere/draw-pick/v1\x00"
_RANGE: Final = 1 << 64


def nonce_of(case_id: bytes, said: bytes) -> bytes:
    """Return the nonce of a case's draws, from the case's id (16 bytes) and the 32 bytes that its applicant has sent.

    Everybody sees the nonce, also the official: of what the applicant has written into it, nothing may be left. Who
    sends the same for two cases has two nonces, so that these do not tell whose they are.

    Raises:
        ValueError: one of them has another length.
    """
    if len(case_id) != ID_BYTES or len(said) != NONCE_BYTES:
        raise ValueError("a case's id has 16 bytes, and an applicant sends 32")
    return hashlib.sha256(_NONCE + case_id + said).digest()


class Share(NamedTuple):
    """What a keeper has revealed for a draw: the keeper's id, 16 bytes, and the link, 32 bytes."""

    keeper: bytes
    link: bytes


class Fixed(NamedTuple):
    """What a draw has fixed before any keeper reveals anything.

    Attributes:
        origin: the name of the public log.
        desk: the desk's id, 16 bytes.
        number: the draw's number at its desk, from 1.
        redraw: how many draws the case has had before.
        case_entry: the hash of the entry that submitted the case, 32 bytes.
        list_hash: the hash of the list of commitments, 32 bytes.
        nonce: what the applicant has sent, 32 bytes; zeros if nothing.
    """

    origin: str
    desk: bytes
    number: int
    redraw: int
    case_entry: bytes
    list_hash: bytes
    nonce: bytes


def seed_of(fixed: Fixed, shares: Sequence[Share], beacon: bytes = b"") -> bytes:
    """Return the seed of a draw, 32 bytes.

    Args:
        fixed: what was fixed before.
        shares: what the keepers have revealed, one share each, in any order.
        beacon: the signature of a drand round, if the draw uses one.

    Raises:
        ValueError: a part has another length than it must have, or a keeper has two shares.
    """
    lengths = [len(part) for part in (fixed.desk, fixed.case_entry, fixed.list_hash, fixed.nonce)]
    if lengths != [16, 32, 32, 32] or any((len(each.keeper), len(each.link)) != (16, 32) for each in shares):
        raise ValueError("ids have 16 bytes, and hashes, links and nonces have 32")
    if len({share.keeper for share in shares}) != len(shares):
        raise ValueError("a keeper has one share")
    origin = fixed.origin.encode()
    parts = (
        *(_DRAW, len(origin).to_bytes(2), origin, fixed.desk),
        *(fixed.number.to_bytes(8), fixed.redraw.to_bytes(2)),
        *(fixed.case_entry, fixed.list_hash, fixed.nonce),
        len(shares).to_bytes(2),
        *(share.keeper + share.link for share in sorted(shares)),
        *(len(beacon).to_bytes(2), beacon),
    )
    return hashlib.sha256(b"".join(parts)).digest()


def pick(seed: bytes, among: int) -> int:
    """Return the place that the seed picks among so many, from 0: all are equally likely.

    Raises:
        ValueError: there is nothing to pick from, or the seed has not 32 bytes.
    """
    if among < 1 or len(seed) != hashlib.sha256().digest_size:
        raise ValueError("a seed of 32 bytes picks among one or more")
    # What would make the first places likelier is thrown again.
    fair = _RANGE - _RANGE % among
    return next(number for number in _numbers(seed) if number < fair) % among


def _numbers(seed: bytes) -> Iterator[int]:
    for turn in count():
        yield int.from_bytes(hashlib.sha256(_PICK + seed + turn.to_bytes(4)).digest()[:8])
