"""Decides who may read a subscription, and returns the secrets that sign its deliveries."""

from datetime import datetime
from typing import NamedTuple

from application.access.authorisation import Action, Scope, authorise
from application.access.callers import Caller
from application.catalogue.entries import LoadedSubscription
from application.subscriptions.webhook_secrets import SharedSecret, shared_secret
from application.window import Window
from domain.subscription.state import SubscriptionState


class SubscriptionNotFoundError(Exception):
    """There is no such subscription, or the caller may not see it; the answer is the same."""


class Secrets(NamedTuple):
    """The secrets that sign deliveries: the current one, and the previous one for as long as it still signs."""

    current: SharedSecret
    previous: SharedSecret | None
    previous_until: datetime | None


class ReadSubscription(NamedTuple):
    """A subscription as the ledger has it now."""

    state: SubscriptionState
    found: LoadedSubscription


async def read_subscription(window: Window, caller: Caller, action: Action, name: str) -> ReadSubscription:
    """Return the subscription.

    Raises:
        NotAllowedError: the caller's role may not do this.
        SubscriptionNotFoundError: there is no such subscription for this caller.
    """
    scope = authorise(caller, action)
    found = await window.catalogue.subscription(name)
    state = found.state
    if state is None or (scope is not Scope.ALL and state.agency != caller.agency):
        raise SubscriptionNotFoundError
    return ReadSubscription(state, found)


async def read_secrets(window: Window, caller: Caller, name: str) -> Secrets:
    """Return the secrets that sign the deliveries; raises what `read_subscription` raises."""
    state = (await read_subscription(window, caller, Action.SUBSCRIBE, name)).state
    derive, number, until = window.vault.derive, state.secret_number, state.previous_secret_until
    current = shared_secret(derive, state, number)
    if until is None or until <= window.clock():
        return Secrets(current, None, None)
    return Secrets(current, shared_secret(derive, state, number - 1), until)
