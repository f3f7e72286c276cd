"""What happens to a subscription. No secret is in any event: what signs is derived in the vault by the number here."""

from typing import Annotated, ClassVar, TypeAlias

from pydantic import Field, StringConstraints

from domain.event import Event
from domain.subscription.endpoint import Endpoint
from domain.values import Instant, Number, Slug, Text

Topic: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z]+\.[a-z]+(_[a-z]+)*$", max_length=100)]
"""The name of a type of events: case.submitted."""

Sequence: TypeAlias = Annotated[int, Field(ge=0)]


class SubscriptionAsked(Event):
    """An agency has asked for events: of all services and types, where none are named."""

    topic: ClassVar[str] = "subscription.asked"

    name: Slug
    agency: Slug
    services: Annotated[tuple[Slug, ...], Field(min_length=1)] | None
    topics: Annotated[tuple[Topic, ...], Field(min_length=1)] | None
    endpoint: Endpoint | None


class SubscriptionGranted(Event):
    """The coordinator has granted what was asked for; a webhook begins with what happens after this."""

    topic: ClassVar[str] = "subscription.granted"


class SubscriptionRefused(Event):
    """The coordinator has refused what was asked for."""

    topic: ClassVar[str] = "subscription.refused"

    reason: Text


class EndpointChanged(Event):
    """Events go elsewhere from now on, or nowhere; what was not delivered yet is not forgotten."""

    topic: ClassVar[str] = "subscription.endpoint_changed"

    endpoint: Endpoint | None


class SecretRotated(Event):
    """Deliveries are signed with the secret of this number, and until then with the one before it as well."""

    topic: ClassVar[str] = "subscription.secret_rotated"

    number: Number
    previous_until: Instant


class ReplayAsked(Event):
    """The webhook begins anew after this sequence, whatever was delivered before and whether it was disabled."""

    topic: ClassVar[str] = "subscription.replay_asked"

    after: Sequence


class SubscriptionEnded(Event):
    """Nothing is told any more."""

    topic: ClassVar[str] = "subscription.ended"


SubscriptionEvent: TypeAlias = (
    SubscriptionAsked
    | SubscriptionGranted
    | SubscriptionRefused
    | EndpointChanged
    | SecretRotated
    | ReplayAsked
    | SubscriptionEnded
)
