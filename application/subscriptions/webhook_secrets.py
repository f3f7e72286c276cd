"""What webhooks are signed with: derived in the vault by agency, subscription and number, and stored nowhere."""

import base64
from typing import NamedTuple, Protocol

from domain.subscription.state import SubscriptionState
from ledger.vault.vault import WEBHOOK


class Derive(Protocol):
    """The vault's keyed hash."""

    def __call__(self, name: str, *parts: bytes) -> bytes:
        """Return 32 bytes that depend on every part, by the named secret."""
        ...


class SharedSecret(NamedTuple):
    """A secret as the agency gets it (Standard Webhooks): never log one."""

    number: int
    secret: str

    def __repr__(self) -> str:
        """Show no secret."""
        return f"SharedSecret(number={self.number})"


def signing_key(derive: Derive, agency: str, subscription: str, number: int) -> bytes:
    """Return the key that signs this subscription's deliveries under this number."""
    return derive(WEBHOOK, agency.encode(), subscription.encode(), b"%d" % number)


def shared_secret(derive: Derive, state: SubscriptionState, number: int) -> SharedSecret:
    """Return the same key as the agency is shown it."""
    key = signing_key(derive, state.agency, state.name, number)
    return SharedSecret(number, f"whsec_{base64.b64encode(key).decode()}")
