"""A keeper's secret in three parts, of which any two give it back, and one alone says nothing (Shamir 1979).

Each byte is a line over the field of AES (FIPS 197, section 4): the secret is its value at 0, the parts at 1, 2 and 3.
"""

from collections.abc import Mapping
from typing import Final

PLACES: Final = (1, 2, 3)
"""The guardians' places on the line."""
NEEDED: Final = 2

_REDUCE: Final = 0x11B  # x^8 + x^4 + x^3 + x + 1
_HIGH: Final = 0x100


def split(secret: bytes, randomness: bytes) -> dict[int, bytes]:
    """Return place -> part.

    Args:
        secret: what is split.
        randomness: as many random bytes, used for nothing else.

    Raises:
        ValueError: they have not the same length.
    """
    if len(secret) != len(randomness):
        raise ValueError("a secret is split with as many random bytes as it has")
    return {
        place: bytes(value ^ _times(slope, place) for value, slope in zip(secret, randomness, strict=True))
        for place in PLACES
    }


def recovered(parts: Mapping[int, bytes]) -> bytes:
    """Return the secret from two parts, by their places. Whether they belong together, only its hash tells.

    Raises:
        ValueError: there are not two parts of the same length at two of the places.
    """
    if len(parts) != NEEDED or not parts.keys() <= set(PLACES):
        raise ValueError("two of the three parts give the secret")
    (first, one), (second, other) = sorted(parts.items())
    # The line through both at 0; in this field minus is plus.
    weight = _times(second, _inverse(first ^ second)), _times(first, _inverse(first ^ second))
    return bytes(_times(a, weight[0]) ^ _times(b, weight[1]) for a, b in zip(one, other, strict=True))


def _times(a: int, b: int) -> int:
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & _HIGH:
            a ^= _REDUCE
        b >>= 1
    return product


def _inverse(a: int) -> int:
    return next(b for b in range(1, _HIGH) if _times(a, b) == 1)
