"""The services behind the routes. The composition root makes them."""

import asyncio
from collections.abc import Callable
from typing import Final, NamedTuple

from api.development_issuer import ISSUER, development_keys
from api.issuer_keys import IssuerKeys
from api.linked_data.addresses import Addresses
from api.metrics import Metrics
from api.tokens import TokenVerifier
from application.clock import Clock
from application.evidence.exchange import Exchange
from application.settings import MADE_UP_PUBLIC_URL, Settings
from application.subscriptions.egress import Egress
from application.window import Window
from ledger.channels.evidence import EvidenceMessages
from ledger.public_log.public_log import PublicLog
from projections.views import Views

BODY_WITHIN: Final = 30.0
"""Seconds within which the whole body of a request must have come."""


class Replies(NamedTuple):
    """What is needed to take in what resources say."""

    exchange: Exchange
    messages: EvidenceMessages


class ApiServices(NamedTuple):
    """Everything that a request may need.

    `closing` is set when the server is about to end, so that endless answers end first. `log` is the public log.
    `egress` says where webhooks may go. `body_within` is how many seconds the whole body of a request may take.
    `replies` takes in what resources answer later; None where the window asks no resources.
    `own_keeper` returns the key of the window as its own keeper of draws; None where it is not.
    `addresses` makes the addresses of what the catalogue describes.
    """

    window: Window
    views: Views
    tokens: TokenVerifier
    closing: asyncio.Event
    metrics: Metrics
    log: PublicLog
    egress: Egress = Egress()
    body_within: float = BODY_WITHIN
    replies: Replies | None = None
    addresses: Addresses = Addresses(MADE_UP_PUBLIC_URL)
    own_keeper: Callable[[], bytes | None] = lambda: None


def token_verifier(settings: Settings, clock: Clock) -> TokenVerifier:
    """Return the verifier for the issuers in the settings. Outside production it also trusts the development issuer.

    Raises:
        ValueError: the keys' address is neither a file nor https.
    """
    issuers: dict[str, IssuerKeys] = {}
    if settings.oidc_issuer and settings.oidc_jwks:
        issuers[settings.oidc_issuer] = IssuerKeys(settings.oidc_jwks)
    if not settings.production:
        issuers[ISSUER] = development_keys(settings)
    return TokenVerifier(issuers, settings.oidc_audience, clock)
