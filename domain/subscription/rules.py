"""The rules of subscriptions, each a function named as what it demands."""

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
    """Only an agency of the window is told anything."""
    if command.agency is None:
        raise SubscriberNotRegistered


def name_is_ones_own(command: AskForSubscription, state: SubscriptionState | None) -> None:
    """A name means one agency's subscription for ever."""
    if state is not None and command.agency is not None and state.agency != command.agency.slug:
        raise SubscriptionOfAnotherAgency


def services_are_known(command: AskForSubscription, _: SubscriptionState | None) -> None:
    """A service that does not exist would be waited for in vain."""
    if not command.known_services.issuperset(command.services or ()):
        raise SubscribedServiceUnknown(field="services")


def topics_are_known(command: AskForSubscription, _: SubscriptionState | None) -> None:
    """A type that does not exist would be waited for in vain."""
    if not TOPICS.keys() >= set(command.topics or ()):
        raise TopicUnknown(field="topics")


def endpoint_is_an_address(command: AskForSubscription | ChangeEndpoint, _: SubscriptionState | None) -> None:
    """What stands in the ledger for ever holds no secret."""
    if command.endpoint is not None and not is_endpoint(command.endpoint):
        raise EndpointNotAnAddress(field="endpoint")


def endpoint_is_allowed(command: AskForSubscription | ChangeEndpoint, _: SubscriptionState | None) -> None:
    """The window sends nothing to where its operator does not want it to."""
    if command.endpoint is not None and not command.endpoint_allowed:
        raise EndpointNotAllowed(field="endpoint")


def is_not_decided(state: SubscriptionState) -> None:
    """What is decided stays so."""
    if state.status is SubscriptionStatus.GRANTED:
        raise SubscriptionAlreadyGranted
    if state.status is SubscriptionStatus.REFUSED:
        raise SubscriptionAlreadyRefused


def is_not_granted(state: SubscriptionState) -> None:
    """What is granted is what was asked for when it was granted."""
    if state.status is SubscriptionStatus.GRANTED:
        raise SubscriptionAlreadyGranted


def is_not_refused(state: SubscriptionState) -> None:
    """What was refused has nothing to be kept up."""
    if state.status is SubscriptionStatus.REFUSED:
        raise SubscriptionAlreadyRefused


def is_not_ended(state: SubscriptionState) -> None:
    """The end is the end."""
    if state.status is SubscriptionStatus.ENDED:
        raise SubscriptionAlreadyEnded


def is_granted(state: SubscriptionState) -> None:
    """Events go out on the coordinator's word only."""
    is_not_ended(state)
    if state.status is not SubscriptionStatus.GRANTED:
        raise SubscriptionNotGranted


def replay_has_somewhere_to_go(_: AskForReplay, state: SubscriptionState) -> None:
    """Without an endpoint there is nothing to send again."""
    if state.endpoint is None:
        raise EndpointMissing


def replay_begins_within_the_feed(command: AskForReplay, _: SubscriptionState) -> None:
    """What has not happened yet is not passed over."""
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
