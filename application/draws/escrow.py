"""What guardians keep of a chain's secret: a part each, sealed for them, of which two give the secret back."""

import os
from collections.abc import Mapping, Sequence

from joserfc.jwk import OKPKey

from application.evidence.sealing import opened, sealed
from domain.draw.chains import anchor_of
from domain.draw.secret_shares import recovered, split
from domain.values import Hex32, Number, Value


class SecretPart(Value):
    """A guardian's part of a secret, and the guardian's place, from 1."""

    place: Number
    part: Hex32


class PartsDoNotFitError(Exception):
    """The parts do not give the secret of this chain: one of them is wrong, or was never right."""


def parts_for(secret: bytes, guardians: Sequence[str]) -> tuple[str, ...]:
    """Return the secret in three parts, each sealed for the guardian with that X25519 key; none for no guardians.

    Raises:
        UnusableKeyError: nothing can be sealed for one of the keys.
    """
    if not guardians:
        return ()
    parts = split(secret, os.urandom(len(secret)))
    return tuple(
        sealed(SecretPart(place=place, part=parts[place].hex()), key) for place, key in enumerate(guardians, start=1)
    )


def part_of(sealed_part: str, key: OKPKey) -> SecretPart:
    """Return what was sealed for a guardian.

    Raises:
        NotAcceptedError: it was not sealed for this key.
    """
    return opened(sealed_part, key, SecretPart)


def secret_of(parts: Mapping[int, bytes], keeper: bytes, length: int, anchor: bytes) -> bytes:
    """Return the secret of the chain with that anchor, from two parts by their places.

    Raises:
        PartsDoNotFitError: see there.
    """
    try:
        secret = recovered(parts)
    except ValueError as error:
        raise PartsDoNotFitError(str(error)) from None
    if anchor_of(keeper, secret, length) != anchor:
        raise PartsDoNotFitError("the parts do not give the secret of this chain")
    return secret
