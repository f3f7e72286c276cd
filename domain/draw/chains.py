"""The chain of hashes that a keeper anchors: each link hashes to the one that was revealed before it.

The last link is random. Each earlier one is the hash of the one after it, and the anchor is the hash of the first. So a
revealed link can be checked against what is known, and the next one cannot be computed by anybody but the keeper.
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

LINK_BYTES: Final = 32
KEEPER_BYTES: Final = 16
LONGEST_CHAIN: Final = 1000
"""How many draws a chain is for; then the keeper anchors another one."""

_ANCHOR: Final = b"pencere/draw-anchor/v1\x00"
_LINK: Final = b"pencere/draw-chain/v1\x00"


def hash_of_link(keeper: bytes, link: bytes) -> bytes:
    """Return the hash of a link: the link before it, or the anchor.

    Args:
        keeper: the keeper's id, 16 bytes.
        link: the link, 32 bytes.

    Raises:
        ValueError: one of them has another length.
    """
    if len(keeper) != KEEPER_BYTES or len(link) != LINK_BYTES:
        raise ValueError("a keeper has 16 bytes, and a link has 32")
    return hashlib.sha256(_LINK + keeper + link).digest()


def links_backwards(keeper: bytes, secret: bytes, length: int) -> Iterator[bytes]:
    """Yield the links of a chain from the last one, which is the secret, to the first one, and then the anchor."""
    link = secret
    for _ in range(length):
        yield link
        link = hash_of_link(keeper, link)
    yield link


def anchor_of(keeper: bytes, secret: bytes, length: int) -> bytes:
    """Return the anchor of a chain of so many links."""
    *_, anchor = links_backwards(keeper, secret, length)
    return anchor


def link_of(keeper: bytes, secret: bytes, length: int, number: int) -> bytes:
    """Return a link by its number, from 1 to the length.

    Raises:
        ValueError: the chain has no such link.
    """
    if not 1 <= number <= length:
        raise ValueError("the chain has no such link")
    return next(link for place, link in enumerate(links_backwards(keeper, secret, length)) if place == length - number)


class Anchor(NamedTuple):
    """What a keeper anchors: its chain of that number at a desk (16 bytes), and what guardians keep of its secret.

    `parts` are three texts, one for each guardian, or none.
    """

    keeper: bytes
    desk: bytes
    chain: int
    length: int
    anchor: bytes
    parts: Sequence[str] = ()


def anchor_statement(asked: Anchor) -> bytes:
    """Return the bytes that a keeper signs when it anchors a chain. With the number nobody can use them once more."""
    texts = [part.encode() for part in asked.parts]
    kept = b"".join(len(text).to_bytes(2) + text for text in texts)
    numbers = asked.chain.to_bytes(4) + asked.length.to_bytes(4)
    parts = hashlib.sha256(len(texts).to_bytes(2) + kept).digest()
    return _ANCHOR + asked.keeper + asked.desk + numbers + asked.anchor + parts
