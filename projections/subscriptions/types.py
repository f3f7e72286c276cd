"""What readers of subscriptions receive."""

from datetime import datetime
from typing import NamedTuple

from projections.instants import RowInstant
from projections.view_type import ViewType


class Webhook(ViewType):
    """How far a webhook is, and how it fails.

    Attributes:
        sequence: everything up to it has been delivered.
        failing_since: when tries began to fail; null when they do not fail.
        failures: how many tries have failed since then.
        last_failure: why the last of them failed.
        next_try: when the next try is due.
        disabled_at: when it was given up; a replay or another endpoint starts it again.
    """

    sequence: int
    failing_since: RowInstant | None
    failures: int
    last_failure: str | None
    next_try: RowInstant | None
    disabled_at: RowInstant | None


class Subscription(ViewType):
    """Which events an agency receives; without services or types, all of them. `webhook` is there once it has begun."""

    name: str
    agency: str
    status: str
    services: list[str] | None
    topics: list[str] | None
    endpoint: str | None
    reason: dict[str, str] | None
    version: int
    asked_at: RowInstant
    decided_at: RowInstant | None
    ended_at: RowInstant | None
    webhook: Webhook | None


class Delivering(NamedTuple):
    """A granted subscription with an endpoint, as the sender of webhooks needs it.

    Attributes:
        name: the subscription's name.
        agency: the agency.
        services: only events about these; None for all.
        topics: only events of these types; None for all.
        endpoint: the URL that receives the events.
        secret_number: the number of the secret that signs deliveries.
        previous_secret_until: the instant until which the secret before it signs too.
        begins_at: the position after which delivery begins.
        endpoint_version: the version at which the present endpoint was set.
        replay_version: the version at which a replay was last requested; 0 for never.
        replay_after: the sequence after which that replay begins.
        last_sequence: the agency's last sequence.
    """

    name: str
    agency: str
    services: frozenset[str] | None
    topics: frozenset[str] | None
    endpoint: str
    secret_number: int
    previous_secret_until: datetime | None
    begins_at: int
    endpoint_version: int
    replay_version: int
    replay_after: int | None
    last_sequence: int


class WebhookStanding(NamedTuple):
    """What must be delivered, and how far it is; the webhook is None before it has begun."""

    delivering: Delivering
    webhook: Webhook | None
