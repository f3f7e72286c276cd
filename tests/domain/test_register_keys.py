"""A resource's keys must protect what they are for."""

from base64 import urlsafe_b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from domain.register.keys import protects_what_is_sealed, protects_what_is_signed

_P = 2**255 - 19
_ORDER_8 = (
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
)
WEAK_SEALING = [
    *[number.to_bytes(32, "little") for number in (0, 1, _P - 1, _P, _P + 1)],
    *map(bytes.fromhex, _ORDER_8),
]
WEAK_SIGNING = [
    *[number.to_bytes(32, "little") for number in (0, 1, _P - 1, _P, _P + 1)],
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
]
_EVERYBODYS = bytes([1, *[0] * 63])  # R is the neutral element, S is 0


def text(raw: bytes) -> str:
    """Return a key as it is registered."""
    return urlsafe_b64encode(raw).decode().rstrip("=")


def with_highest_bit(raw: bytes) -> bytes:
    """Return the other way to write the same number."""
    return raw[:31] + bytes([raw[31] | 0x80])


@pytest.mark.parametrize("raw", [*WEAK_SEALING, *map(with_highest_bit, WEAK_SEALING)], ids=bytes.hex)
def test_a_key_with_which_everybody_shares_a_secret_is_seen(raw: bytes) -> None:
    with pytest.raises(ValueError, match="shared key"):
        X25519PrivateKey.generate().exchange(X25519PublicKey.from_public_bytes(raw))
    assert not protects_what_is_sealed(text(raw))


@pytest.mark.parametrize("raw", [*WEAK_SIGNING, *map(with_highest_bit, WEAK_SIGNING)], ids=bytes.hex)
def test_a_key_for_which_everybody_can_sign_is_seen(raw: bytes) -> None:
    assert not protects_what_is_signed(text(raw))


def test_everybody_can_sign_for_the_neutral_element() -> None:
    Ed25519PublicKey.from_public_bytes(_EVERYBODYS[:32]).verify(_EVERYBODYS, b"whatever it is")


def test_what_is_no_point_of_the_curve_signs_nothing() -> None:
    assert not protects_what_is_signed(text((2).to_bytes(32, "little")))


@pytest.mark.parametrize("_", range(50))
def test_a_key_that_was_made_for_it_protects(_: int) -> None:
    assert protects_what_is_sealed(text(X25519PrivateKey.generate().public_key().public_bytes_raw()))
    assert protects_what_is_signed(text(Ed25519PrivateKey.generate().public_key().public_bytes_raw()))
