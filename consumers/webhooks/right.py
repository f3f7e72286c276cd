"""Asks the ledger whether a subscription still is what the view shows: the view may have stopped, or be behind."""

from collections.abc import Iterable

from application.catalogue.entries import Catalogue
from domain.subscription.state import SubscriptionStatus
from projections.subscriptions.types import Delivering


async def still_stands(catalogue: Catalogue, shown: Delivering) -> bool:
    """Return whether the subscription is granted, with the endpoint, secret and events that the view shows.

    Raises:
        LedgerUnavailableError: the database does not answer.
    """
    state = (await catalogue.subscription(shown.name)).state
    return (
        state is not None
        and state.status is SubscriptionStatus.GRANTED
        and (state.endpoint, state.secret_number) == (shown.endpoint, shown.secret_number)
        and (_names(state.services), _names(state.topics)) == (shown.services, shown.topics)
    )


def _names(names: Iterable[str] | None) -> frozenset[str] | None:
    return None if names is None else frozenset(names)
