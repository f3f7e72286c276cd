"""Keepers: whom the register's rules name, and the chains that they anchor. Else the window is its own keeper."""

from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from application.deciding import change
from application.window import Window
from domain.desk.commands import AnchorDrawChain
from domain.draw.chains import Anchor, anchor_statement
from domain.envelope import Actor
from domain.register.state import RegisterState
from domain.register.values import DrawRules, RegisterRules
from ledger.refusals import LedgerBusyError, VersionConflictError

OWN: Final = UUID("00000000-0000-8000-8000-70656e636572")
"""The window as its own keeper."""

KEEPER: Final = Actor(role="window", pseudonym="keeper")
"""Who acts where a keeper has asked: the event itself says which one."""

_TRIES: Final = 5


async def anchor_chain(
    window: Window, agency: str, desk: str, asked: Anchor, signature: bytes, own_key: bytes | None
) -> None:
    """Anchor a keeper's chain for a desk whose cases are drawn for; the same chain again changes nothing.

    Args:
        window: the window.
        agency: the agency.
        desk: its desk.
        asked: the chain; it must be for that desk.
        signature: the keeper's, of `anchor_statement`.
        own_key: the window's own, in case it is its own keeper; None where it is not.

    Raises:
        Refusal, LedgerBusyError, LedgerUnavailableError, VaultUnavailableError.
    """
    (rules, version), keeper = await rules_of_draws(window), UUID(bytes=asked.keeper)
    key = keys_of_keepers(rules, own_key).get(keeper)
    command = AnchorDrawChain(
        at=window.clock(),
        actor=KEEPER,
        keeper=keeper,
        chain=asked.chain,
        length=asked.length,
        anchor=asked.anchor.hex(),
        parts=tuple(asked.parts),
        signature=signature.hex(),
        register_version=version,
        guardians=len(rules.guardians),
        is_named=key is not None,
        is_signed=key is not None and has_signed(key, signature, anchor_statement(asked)),
    )
    for _ in range(_TRIES):
        try:
            async with window.catalogue.turn_at_desk(UUID(bytes=asked.desk)):
                await change(window, await window.catalogue.desk(agency, desk), command)
        except VersionConflictError:
            continue
        return
    raise LedgerBusyError(retry_after=1)


async def rules_of_draws(window: Window) -> tuple[DrawRules, int]:
    """Return what the coordinator's rules say about draws now, and the register's version."""
    register = await window.catalogue.register()
    return rules_in(register.state), register.version


def rules_in(register: RegisterState | None) -> DrawRules:
    """Return what a register says about draws; without one, the window is its own keeper."""
    return (register.rules if register else RegisterRules()).draw


def keys_of_keepers(rules: DrawRules, own_key: bytes | None) -> Mapping[UUID, bytes]:
    """Return keeper -> its public key, of those who have a part in every draw."""
    if not rules.keepers:
        return {OWN: own_key} if own_key else {}
    return {keeper.id: urlsafe_b64decode(keeper.key + "=") for keeper in rules.keepers}


def keepers_of(rules: DrawRules) -> frozenset[UUID]:
    """Return the keepers who have a part in every draw; the window alone where the rules name nobody."""
    return frozenset(keeper.id for keeper in rules.keepers) or frozenset({OWN})


def has_signed(key: bytes, signature: bytes, message: bytes) -> bool:
    """Return whether this is a signature of the message by that Ed25519 key."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
