"""The rules of subscriptions; each is a function whose name says what it demands."""

from domain.subscription.commands import AskForReplay, AskForSubscription, ChangeEndpoint
from domain.subscription.endpoint import is_endpoint
from domain.subscription.refusals import (
    EndpointMissing,
    EndpointNotAllowed,
    EndpointNotAnAddress,
    ReplayBeyondTheFeed,
    SubscribedServiceUnknown,
    SubscriberNotRegistered,
    SubscriptionAlreadyEnded,
    SubscriptionAlreadyGranted,
    SubscriptionAlreadyRefused,
    SubscriptionNotGranted,
    SubscriptionOfAnotherAgency,
    TopicUnknown,
)
from domain.subscription.state import SubscriptionState, SubscriptionStatus
from domain.topics import TOPICS


def subscriber_is_registered(command: AskForSubscription, _: SubscriptionState | None) -> None:
    """Only an agency of the window gets events."""
    if command.agency is None:
        raise SubscriberNotRegistered


def name_is_ones_own(command: AskForSubscription, state: SubscriptionState | None) -> None:
    """The name of a subscription always belongs to the agency that used it first."""
    if state is not None and command.agency is not None and state.agency != command.agency.slug:
        raise SubscriptionOfAnotherAgency


def services_are_known(command: AskForSubscription, _: SubscriptionState | None) -> None:
    """The agency would wait in vain for events of a service that does not exist."""
    if not command.known_services.issuperset(command.services or ()):
        raise SubscribedServiceUnknown(field="services")


def topics_are_known(command: AskForSubscription, _: SubscriptionState | None) -> None:
    """The agency would wait in vain for events of a type that does not exist."""
    if not TOPICS.keys() >= set(command.topics or ()):
        raise TopicUnknown(field="topics")


def endpoint_is_an_address(command: AskForSubscription | ChangeEndpoint, _: SubscriptionState | None) -> None:
    """The ledger keeps the endpoint permanently, so it must contain no secret."""
    if command.endpoint is not None and not is_endpoint(command.endpoint):
        raise EndpointNotAnAddress(field="endpoint")


def endpoint_is_allowed(command: AskForSubscription | ChangeEndpoint, _: SubscriptionState | None) -> None:
    """The window sends only where its operator allows it."""
    if command.endpoint is not None and not command.endpoint_allowed:
        raise EndpointNotAllowed(field="endpoint")


def is_not_decided(state: SubscriptionState) -> None:
    """A decision about a subscription is final."""
    if state.status is SubscriptionStatus.GRANTED:
        raise SubscriptionAlreadyGranted
    if state.status is SubscriptionStatus.REFUSED:
        raise SubscriptionAlreadyRefused


def is_not_granted(state: SubscriptionState) -> None:
    """A granted subscription cannot be changed by asking again."""
    if state.status is SubscriptionStatus.GRANTED:
        raise SubscriptionAlreadyGranted


def is_not_refused(state: SubscriptionState) -> None:
    """A refused subscription cannot be changed or ended."""
    if state.status is SubscriptionStatus.REFUSED:
        raise SubscriptionAlreadyRefused


def is_not_ended(state: SubscriptionState) -> None:
    """An ended subscription cannot be changed."""
    if state.status is SubscriptionStatus.ENDED:
        raise SubscriptionAlreadyEnded


def is_granted(state: SubscriptionState) -> None:
    """Events are sent only when the coordinator has granted the subscription."""
    is_not_ended(state)
    if state.status is not SubscriptionStatus.GRANTED:
        raise SubscriptionNotGranted


def replay_has_somewhere_to_go(_: AskForReplay, state: SubscriptionState) -> None:
    """Without an endpoint there is nothing to send again."""
    if state.endpoint is None:
        raise EndpointMissing


def replay_begins_within_the_feed(command: AskForReplay, _: SubscriptionState) -> None:
    """A replay cannot begin after events that have not happened yet."""
    if command.after > command.last_sequence:
        raise ReplayBeyondTheFeed(field="after")


ASKING_RULES = (
    subscriber_is_registered,
    name_is_ones_own,
    services_are_known,
    topics_are_known,
    endpoint_is_an_address,
    endpoint_is_allowed,
)
ENDPOINT_RULES = (endpoint_is_an_address, endpoint_is_allowed)
REPLAY_RULES = (replay_has_somewhere_to_go, replay_begins_within_the_feed)
