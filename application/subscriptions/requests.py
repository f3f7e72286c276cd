"""What agencies and the coordinator send about a subscription."""

from typing import Annotated

from pydantic import Field

from application.request_document import RequestDocument, SequenceNumber, TrimmedLine
from domain.values import Slug, Text


class SubscriptionRequest(RequestDocument):
    """Which events an agency wants; what is left out stands for all services, all types, no webhook."""

    services: Annotated[tuple[Slug, ...], Field(min_length=1, max_length=50)] | None = None
    topics: Annotated[tuple[TrimmedLine, ...], Field(min_length=1, max_length=50)] | None = None
    endpoint: TrimmedLine | None = None


class SubscriptionGrant(RequestDocument):
    """Granting asks for nothing."""


class SubscriptionRefusal(RequestDocument):
    """Why a subscription is refused: language -> text."""

    reason: Text


class EndpointChange(RequestDocument):
    """Where events are sent from now on; null: nowhere."""

    endpoint: TrimmedLine | None


class SecretRotation(RequestDocument):
    """A new secret asks for nothing."""


class ReplayRequest(RequestDocument):
    """After which of the agency's sequences the webhook begins anew."""

    after: SequenceNumber


class SubscriptionEnding(RequestDocument):
    """Ending asks for nothing."""
