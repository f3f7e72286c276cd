"""A process's membership in a group, and the settings of its consumer."""

from typing import Any, NamedTuple

from kafka import KafkaConsumer
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor

from pencere_subscriber.settings import Settings


class Group(NamedTuple):
    """A group: its places are stored, and its members share the partitions.

    Attributes:
        name: the group's name; if agencies have users, it begins with the user's name.
        member: a fixed name of this process. If it is killed and started again within `session`, it goes on at once;
            without a name, the group first waits for `session` to pass.
        session: seconds without a sign of life after which a member counts as dead.
    """

    name: str
    member: str | None = None
    session: float = 10.0


def consumer_of(settings: Settings, group: Group | None) -> KafkaConsumer:
    """Return a consumer without any default that could lose an event."""
    options: dict[str, Any] = {
        "enable_auto_commit": False,  # it would commit records that are not handled
        "auto_offset_reset": "none",  # it would skip records that the broker has lost
        "isolation_level": "read_uncommitted",  # the publisher uses no transactions
        "max_poll_records": 500,
        "metadata_max_age_ms": 10_000,  # so that a topic that is created later is seen
        "allow_auto_create_topics": False,
        "metrics_enabled": False,
    }
    if group is not None:
        options |= {
            "group_id": group.name,
            "group_instance_id": group.member,
            "partition_assignment_strategy": [CooperativeStickyAssignor],
            "max_poll_interval_ms": 300_000,
            "session_timeout_ms": int(group.session * 1000),
            "heartbeat_interval_ms": int(group.session * 200),
        }
    return KafkaConsumer(**settings.client(), **options)


def finish_joining(consumer: KafkaConsumer) -> None:
    """Finish a rebalance that kafka-python (3.0.12) has forgotten; call this after each poll.

    When it joins again because a topic was created or has changed, and the group's answer comes after the poll that
    asked, it assumes that nothing is left to do: it takes no partitions, sends no sign of life, and reports nothing.
    """
    coordinator = consumer._coordinator  # noqa: SLF001 - there is no public way to see or ask for a rebalance
    if coordinator.rebalance_in_progress() and not coordinator.need_rejoin():
        coordinator.request_rejoin()
