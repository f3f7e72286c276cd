"""By what the vault finds out that two logins are of one person: keyed hashes of identifiers, on both sides."""

from collections.abc import Mapping
from uuid import UUID

from application.window import Window
from ledger.vault.vault import CONFLICT


def conflict_tag(window: Window, element: str, value: str) -> bytes:
    """Return the keyed hash by which an identifier is compared; it must not leave the vault."""
    return window.vault.derive(CONFLICT, element.encode(), value.strip().casefold().encode())


async def identify(window: Window, key_ref: UUID, identifiers: Mapping[str, str]) -> None:
    """Remember by which identifiers (element -> value) the holder of a key is known; it goes with the key."""
    if identifiers:
        await window.vault.seats.identify(key_ref, tags_of(window, identifiers))


def tags_of(window: Window, identifiers: Mapping[str, str]) -> list[bytes]:
    """Return the keyed hashes of these identifiers."""
    return [conflict_tag(window, element, value) for element, value in identifiers.items()]
