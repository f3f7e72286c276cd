"""The refusals of a subscription's commands."""

from domain.refusals import InvalidInput, Refusal


class EndpointMissing(Refusal):
    """The subscription has no endpoint, so nothing can be sent again."""


class EndpointNotAllowed(InvalidInput):
    """The window may not send there: only https, and only to hosts and addresses that its operator allows."""


class EndpointNotAnAddress(InvalidInput):
    """An endpoint is an address without user, query and fragment: it is kept permanently, so it holds no secret."""


class ReplayBeyondTheFeed(InvalidInput):
    """The agency's feed has not reached that sequence yet."""


class SubscribedServiceUnknown(InvalidInput):
    """A service that is asked for does not exist."""


class SubscriberNotRegistered(Refusal):
    """The agency that asks is not registered."""


class SubscriptionAlreadyEnded(Refusal):
    """The subscription has ended; another one needs another name."""


class SubscriptionAlreadyGranted(Refusal):
    """The subscription is granted already: end it and ask for another, or change only its endpoint."""


class SubscriptionAlreadyRefused(Refusal):
    """The subscription was refused; a different one may be asked for under its name."""


class SubscriptionNotAsked(Refusal):
    """Nobody has asked for a subscription of this name."""


class SubscriptionNotGranted(Refusal):
    """The subscription is not granted."""


class SubscriptionOfAnotherAgency(Refusal):
    """The name is taken by another agency's subscription."""


class TopicUnknown(InvalidInput):
    """There is no such type of events."""
