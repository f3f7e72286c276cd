"""Decides a subscription's commands."""

from datetime import timedelta
from typing import Final, assert_never

from domain.event import Event
from domain.subscription.commands import (
    AskForReplay,
    AskForSubscription,
    ChangeEndpoint,
    Command,
    EndSubscription,
    GrantSubscription,
    RefuseSubscription,
    RotateSecret,
)
from domain.subscription.events import (
    EndpointChanged,
    ReplayAsked,
    SecretRotated,
    SubscriptionAsked,
    SubscriptionEnded,
    SubscriptionGranted,
    SubscriptionRefused,
)
from domain.subscription.refusals import SubscriptionNotAsked
from domain.subscription.rules import (
    ASKING_RULES,
    ENDPOINT_RULES,
    REPLAY_RULES,
    is_granted,
    is_not_decided,
    is_not_ended,
    is_not_granted,
    is_not_refused,
)
from domain.subscription.state import SubscriptionState
from domain.text import check_texts

OVERLAP: Final = timedelta(days=1)
"""For how long the previous secret signs as well."""


def decide(command: Command, state: SubscriptionState | None) -> tuple[Event, ...]:
    """Return the events that the command leads to; none when nothing would change.

    Raises:
        Refusal: the rule that forbids it.
    """
    events = decide_again(command, state)
    check_texts(events)
    return events


def decide_again(command: Command, state: SubscriptionState | None) -> tuple[Event, ...]:
    """Return the events of a recorded command: by the same rules except those of texts, which some ledgers predate.

    Raises:
        Refusal: the rule that forbids it.
    """
    if isinstance(command, AskForSubscription):
        return _ask(command, state)
    if state is None:
        raise SubscriptionNotAsked
    is_not_ended(state)
    match command:
        case GrantSubscription() | RefuseSubscription():
            return _settle(command, state)
        case ChangeEndpoint():
            return _change_endpoint(command, state)
        case RotateSecret():
            is_not_refused(state)
            return (SecretRotated(number=state.secret_number + 1, previous_until=command.at + OVERLAP),)
        case AskForReplay():
            return _replay(command, state)
        case EndSubscription():
            return (SubscriptionEnded(),)
        case _:
            assert_never(command)


def _ask(command: AskForSubscription, state: SubscriptionState | None) -> tuple[Event, ...]:
    for rule in ASKING_RULES:
        rule(command, state)
    asked = SubscriptionAsked(
        name=command.name,
        agency=command.agency.slug if command.agency else "",
        services=_once_each(command.services),
        topics=_once_each(command.topics),
        endpoint=command.endpoint,
    )
    if state is not None:
        is_not_ended(state)
        if asked == _as_asked(state):
            return ()
        is_not_granted(state)
    return (asked,)


def _settle(command: GrantSubscription | RefuseSubscription, state: SubscriptionState) -> tuple[Event, ...]:
    is_not_decided(state)
    if isinstance(command, RefuseSubscription):
        return (SubscriptionRefused(reason=command.reason),)
    return (SubscriptionGranted(),)


def _change_endpoint(command: ChangeEndpoint, state: SubscriptionState) -> tuple[Event, ...]:
    is_not_refused(state)
    for rule in ENDPOINT_RULES:
        rule(command, state)
    return () if command.endpoint == state.endpoint else (EndpointChanged(endpoint=command.endpoint),)


def _replay(command: AskForReplay, state: SubscriptionState) -> tuple[Event, ...]:
    is_granted(state)
    for rule in REPLAY_RULES:
        rule(command, state)
    return (ReplayAsked(after=command.after),)


def _as_asked(state: SubscriptionState) -> SubscriptionAsked:
    """Return the command that would ask for the subscription as it is."""
    return SubscriptionAsked(
        name=state.name, agency=state.agency, services=state.services, topics=state.topics, endpoint=state.endpoint
    )


def _once_each(names: tuple[str, ...] | None) -> tuple[str, ...] | None:
    return None if names is None else tuple(sorted(set(names)))
