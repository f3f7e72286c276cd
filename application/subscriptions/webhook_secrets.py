"""The secrets that sign webhooks. The vault derives them from agency, subscription and number; nobody stores them."""

import base64
from typing import NamedTuple, Protocol

from domain.subscription.state import SubscriptionState
from ledger.vault.vault import WEBHOOK


class Derive(Protocol):
    """The vault's keyed hash."""

    def __call__(self, name: str, *parts: bytes) -> bytes:
        """Return 32 bytes that depend on the named secret and on every part."""
        ...


class SharedSecret(NamedTuple):
    """A secret as the agency receives it (Standard Webhooks). Never log it."""

    number: int
    secret: str

    def __repr__(self) -> str:
        """Hide the secret."""
        return f"SharedSecret(number={self.number})"


def signing_key(derive: Derive, agency: str, subscription: str, number: int) -> bytes:
    """Return the key that signs this subscription's deliveries under this number."""
    return derive(WEBHOOK, agency.encode(), subscription.encode(), b"%d" % number)


def shared_secret(derive: Derive, state: SubscriptionState, number: int) -> SharedSecret:
    """Return the same key in the form that the agency receives."""
    key = signing_key(derive, state.agency, state.name, number)
    return SharedSecret(number, f"whsec_{base64.b64encode(key).decode()}")
