"""What the window needs to exchange messages with resources."""

from typing import NamedTuple

from application.evidence.keys import EvidenceKeys
from application.window import Window
from domain.envelope import Actor
from domain.register.state import ResourceState, ResourceStatus
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
    """Return how a resource is asked at present; None when it is not integrated, or retired."""
    found = await _resource(exchange, resource)
    is_asked = found is not None and found.status is ResourceStatus.INTEGRATED
    return found.integration if found and is_asked else None


async def last_integration_of(exchange: Exchange, resource: str) -> Integration | None:
    """Return how a resource was integrated last: what was asked before it retired may still be answered."""
    found = await _resource(exchange, resource)
    return found.integration if found else None


async def _resource(exchange: Exchange, resource: str) -> ResourceState | None:
    register = (await exchange.window.catalogue.register()).state
    return register.resources.get(resource) if register else None
