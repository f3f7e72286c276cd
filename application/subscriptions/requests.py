"""What agencies and the coordinator send about a subscription."""

from typing import Annotated

from pydantic import Field

from application.request_document import RequestDocument, SequenceNumber, TrimmedLine
from domain.values import Slug, Text


class SubscriptionRequest(RequestDocument):
    """Which events an agency wants. A member that is left out means all services, all types, no webhook."""

    services: Annotated[tuple[Slug, ...], Field(min_length=1, max_length=50)] | None = None
    topics: Annotated[tuple[TrimmedLine, ...], Field(min_length=1, max_length=50)] | None = None
    endpoint: TrimmedLine | None = None


class SubscriptionGrant(RequestDocument):
    """Granting needs no members."""


class SubscriptionRefusal(RequestDocument):
    """Why a subscription is refused: language -> text."""

    reason: Text


class EndpointChange(RequestDocument):
    """The address to which events are sent from now on; null for none."""

    endpoint: TrimmedLine | None


class SecretRotation(RequestDocument):
    """A new secret needs no members."""


class ReplayRequest(RequestDocument):
    """The agency's sequence after which the webhook starts again."""

    after: SequenceNumber


class SubscriptionEnding(RequestDocument):
    """Ending needs no members."""
