"""Turns the events of a subscription back into commands. What the operator allowed at that time is not known."""

from typing import Final

from application.identity import subscription_stream
from application.verifying.judge import Kind
from application.verifying.occurrence import IllegalEventError, Occurrence
from application.verifying.precedents import Precedents
from domain.subscription import commands, events
from domain.subscription.decisions import decide_again
from domain.subscription.state import SubscriptionState, evolve


def _command(one: Occurrence, _: SubscriptionState | None, precedents: Precedents) -> commands.Command:  # noqa: PLR0911 - a table of the events
    at, actor = one.envelope.occurred_at, one.envelope.actor
    match one.event:
        case events.SubscriptionAsked() as asked:
            return _asked(one, asked, precedents)
        case events.SubscriptionGranted():
            return commands.GrantSubscription(at, actor)
        case events.SubscriptionRefused() as refused:
            return commands.RefuseSubscription(at, actor, refused.reason)
        case events.EndpointChanged() as changed:
            return commands.ChangeEndpoint(at, actor, changed.endpoint, endpoint_allowed=True)
        case events.SecretRotated():
            return commands.RotateSecret(at, actor)
        case events.ReplayAsked() as replay:
            return commands.AskForReplay(at, actor, replay.after, last_sequence=replay.after)
        case events.SubscriptionEnded():
            return commands.EndSubscription(at, actor)
        case _:
            raise IllegalEventError(f"a {one.event.topic} does not happen to a subscription")


def _asked(one: Occurrence, asked: events.SubscriptionAsked, precedents: Precedents) -> commands.AskForSubscription:
    known = [slug for slug in asked.services or () if precedents.has_service(slug, one.position)]
    return commands.AskForSubscription(
        at=one.envelope.occurred_at,
        actor=one.envelope.actor,
        name=asked.name,
        agency=precedents.agency(asked.agency, one.position),
        services=asked.services,
        topics=asked.topics,
        endpoint=asked.endpoint,
        known_services=frozenset(known),
        endpoint_allowed=True,
    )


SUBSCRIPTION: Final = Kind(
    events.SubscriptionAsked,
    _command,
    decide_again,
    evolve,
    stream_of=lambda subscription: subscription_stream(subscription.name),
)
