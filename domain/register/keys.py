"""Checks a resource's public keys: some protect nothing, and are refused when they are registered.

With a point of low order, what is sealed everybody can open (RFC 7748, section 6.1), and what is signed everybody can
sign. Half of all numbers are no point of Ed25519 at all, so that no signature would ever be right (RFC 8032, section
5.1.3).
"""

from base64 import urlsafe_b64decode
from typing import Final

from domain.register.values import PublicKey

_P: Final = 2**255 - 19
_D: Final = -121665 * pow(121666, -1, _P) % _P
_HIGHEST_BIT: Final = 1 << 255  # X25519 ignores it, and in Ed25519 it is the sign of x
_OF_ORDER_8: Final = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7  # a root of D y⁴ + 2 y² = 1
_WEAK_SIGNING: Final = frozenset({0, 1, _P - 1, _OF_ORDER_8, _P - _OF_ORDER_8})
# u = (1 + y) / (1 - y), and the point of order 4 on the twist, which X25519 does not tell from the curve.
_WEAK_SEALING: Final = frozenset((1 + y) * pow(1 - y, -1, _P) % _P for y in _WEAK_SIGNING - {1}) | {_P - 1}


def protects_what_is_sealed(key: PublicKey) -> bool:
    """Return whether only the holder of an X25519 key can open what is sealed for it."""
    return _number(key) not in _WEAK_SEALING


def protects_what_is_signed(key: PublicKey) -> bool:
    """Return whether an Ed25519 key is a point of the curve, and only its holder can sign."""
    y = _number(key)
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    return y not in _WEAK_SIGNING and pow(square, (_P - 1) // 2, _P) == 1


def _number(key: PublicKey) -> int:
    return int.from_bytes(urlsafe_b64decode(key + "="), "little") % _HIGHEST_BIT % _P
