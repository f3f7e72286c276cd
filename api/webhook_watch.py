"""The state of webhooks, for monitoring: how long the oldest event waits, how long it has failed, what was given up."""

from datetime import datetime
from typing import NamedTuple

from ledger.store.ledger import Ledger
from projections.instants import instant_at
from projections.subscriptions.types import WebhookStanding
from projections.views import Views


class Watched(NamedTuple):
    """A subscription with an endpoint; seconds are 0 when nothing waits and nothing fails."""

    subscription: str
    waiting_seconds: float
    failing_seconds: float
    is_disabled: bool


async def watched_webhooks(views: Views, ledger: Ledger, now: datetime) -> list[Watched]:
    """Return the state of each webhook. If delivery has not begun, it waits since it was granted."""
    return [await _watched(views, ledger, standing, now) for standing in await views.subscriptions.webhooks()]


async def _watched(views: Views, ledger: Ledger, standing: WebhookStanding, now: datetime) -> Watched:
    subscription, webhook = standing
    if webhook is None:
        (begun,) = await ledger.read_at([subscription.begins_at])
        return Watched(subscription.name, _since(instant_at(begun.recorded_at), now), 0, is_disabled=False)
    waiting = await views.agency_feed.page(
        subscription.agency, webhook.sequence, 1, topics=subscription.topics, services=subscription.services
    )
    return Watched(
        subscription.name,
        _since(instant_at(waiting[0].entry.recorded_at), now) if waiting else 0,
        _since(webhook.failing_since, now) if webhook.failing_since else 0,
        is_disabled=webhook.disabled_at is not None,
    )


def _since(instant: datetime, now: datetime) -> float:
    return max(0.0, (now - instant).total_seconds())
