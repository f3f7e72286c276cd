"""What the window needs to exchange messages with resources."""

from typing import NamedTuple

from application.evidence.keys import EvidenceKeys
from application.window import Window
from domain.envelope import Actor
from domain.register.values import Integration

SENDER = Actor(role="window", pseudonym="evidence")
"""Who acts where the window asks a resource."""

CALLBACK = "/v1/evidence/replies"
"""Where a resource that is asked over HTTP answers later, below the window's public address."""


class Exchange(NamedTuple):
    """The window, its keys, and the address under which resources reach it; None: they cannot."""

    window: Window
    keys: EvidenceKeys
    public_url: str | None = None


async def integration_of(exchange: Exchange, resource: str) -> Integration | None:
    """Return how a resource is asked at present; None when it is not integrated any more."""
    register = (await exchange.window.catalogue.register()).state
    found = register.resources.get(resource) if register else None
    return found.integration if found else None
