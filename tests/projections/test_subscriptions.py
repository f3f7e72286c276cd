"""Subscriptions in the view are what the domain makes of their events; their webhooks begin, go on and are replayed."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from domain.subscription.events import (
    EndpointChanged,
    ReplayAsked,
    SubscriptionAsked,
    SubscriptionEnded,
    SubscriptionGranted,
    SubscriptionRefused,
)
from domain.subscription.state import SubscriptionState, SubscriptionStatus, evolve
from projections.subscriptions.types import Delivering, Subscription
from projections.views import Views
from tests.projections.lived import Lived, Told


def subscriptions_of(lived: Lived) -> dict[str, list[Told]]:
    """Return the events of each subscription, by its name."""
    streams: dict[UUID, list[Told]] = {}
    for told in lived.told:
        if told.entry.topic.startswith("subscription."):
            streams.setdefault(told.entry.stream, []).append(told)
    return {state_of(told).name: told for told in streams.values()}


def state_of(told: list[Told], up_to: int | None = None) -> SubscriptionState:
    state: SubscriptionState | None = None
    for each in told[:up_to]:
        state = evolve(state, each.event)
    assert state is not None
    return state


def expected(told: list[Told]) -> Subscription:
    """Return what the view should have, computed from the events alone."""
    state = state_of(told)
    asked = last(told, lambda each: isinstance(each.event, SubscriptionAsked))
    assert asked is not None
    decided = last(told, lambda each: isinstance(each.event, SubscriptionGranted | SubscriptionRefused))
    if decided is not None and decided.entry.version < asked.entry.version:
        decided = None
    ended = last(told, lambda each: isinstance(each.event, SubscriptionEnded))
    refusal = decided.event if decided is not None else None
    return Subscription(
        name=state.name,
        agency=state.agency,
        status=state.status.value,
        services=None if state.services is None else list(state.services),
        topics=None if state.topics is None else list(state.topics),
        endpoint=state.endpoint,
        reason=dict(refusal.reason) if isinstance(refusal, SubscriptionRefused) else None,
        version=told[-1].entry.version,
        asked_at=asked.decoded.envelope.occurred_at,
        decided_at=when(decided),
        ended_at=when(ended),
        webhook=None,
    )


def last(told: list[Told], which: Callable[[Told], bool]) -> Told | None:
    return next(filter(which, reversed(told)), None)


def when(told: Told | None) -> datetime | None:
    return told.decoded.envelope.occurred_at if told is not None else None


def test_every_subscription_is_as_the_domain_says(lived: Lived) -> None:
    known = {name: expected(told) for name, told in sorted(subscriptions_of(lived).items())}

    async def scenario(views: Views) -> None:
        for name, subscription in known.items():
            assert await views.subscriptions.subscription(name) == subscription
        assert await views.subscriptions.page(limit=1000) == list(known.values())
        assert await views.subscriptions.subscription("nobodys") is None

    lived.reads(scenario)
    assert {subscription.status for subscription in known.values()} >= {"granted", "ended"}


def test_subscriptions_come_page_by_page_of_an_agency_of_a_status(lived: Lived) -> None:
    every = [expected(told) for _, told in sorted(subscriptions_of(lived).items())]

    async def scenario(views: Views) -> None:
        for agency in lived.agencies:
            for status in (None, *SubscriptionStatus):
                wanted = [one for one in every if one.agency == agency and status in (None, one.status)]
                pages: list[Subscription] = []
                while page := await views.subscriptions.page(
                    agency=agency, status=status, after=pages[-1].name if pages else "", limit=2
                ):
                    pages += page
                assert pages == wanted

    lived.reads(scenario)


def delivering(told: list[Told], last_sequence: int) -> Delivering | None:
    """Return what the sender should get of a subscription, computed from the events alone."""
    state = state_of(told)
    if state.status is not SubscriptionStatus.GRANTED or state.endpoint is None:
        return None
    begins = next(
        told[at].entry.position
        for at in range(len(told))
        if (then := state_of(told, at + 1)).status is SubscriptionStatus.GRANTED and then.endpoint is not None
    )
    moved = last(told, lambda each: isinstance(each.event, SubscriptionAsked | EndpointChanged))
    replayed = last(told, lambda each: isinstance(each.event, ReplayAsked))
    assert moved is not None
    return Delivering(
        state.name,
        state.agency,
        None if state.services is None else frozenset(state.services),
        None if state.topics is None else frozenset(state.topics),
        state.endpoint,
        state.secret_number,
        state.previous_secret_until,
        begins,
        moved.entry.version,
        replayed.entry.version if replayed else 0,
        replayed.event.after if replayed and isinstance(replayed.event, ReplayAsked) else None,
        last_sequence,
    )


def test_what_is_delivered_begins_where_it_was_granted_with_an_endpoint(lived: Lived) -> None:
    concerned = [told.decoded.envelope.agencies for told in lived.told]
    lasts = {agency: sum(agency in agencies for agencies in concerned) for agency in lived.agencies}
    every = [delivering(told, lasts[state_of(told).agency]) for _, told in sorted(subscriptions_of(lived).items())]

    async def scenario(views: Views) -> None:
        assert await views.subscriptions.delivering() == [one for one in every if one is not None]
        names = [(one.delivering.name, one.webhook) for one in await views.subscriptions.webhooks()]
        assert names == [(one.name, None) for one in every if one is not None], "none has begun"

    lived.reads(scenario)
    assert any(every)
