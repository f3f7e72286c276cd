"""How a process belongs to a group, and what its consumer is told."""

from typing import Any, NamedTuple

from kafka import KafkaConsumer
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor

from pencere_subscriber.settings import Settings


class Group(NamedTuple):
    """Whose places are kept, and among whose members the partitions are divided.

    Attributes:
        name: the group's; where agencies have users, it begins with the user's name.
        member: a name of this process that lasts. Killed and started again within `session`, it goes on at once;
            without one, the group first waits for `session` to pass.
        session: seconds after which a member that shows no sign of life is taken for dead.
    """

    name: str
    member: str | None = None
    session: float = 10.0


def consumer_of(settings: Settings, group: Group | None) -> KafkaConsumer:
    """Return a consumer that leaves nothing to a default that could lose an event."""
    options: dict[str, Any] = {
        "enable_auto_commit": False,  # it would commit what is not handled
        "auto_offset_reset": "none",  # it would jump over what the broker has lost
        "isolation_level": "read_uncommitted",  # the publisher uses no transactions
        "max_poll_records": 500,
        "metadata_max_age_ms": 10_000,  # a topic that is made later is seen then
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
    """Have a rebalance finished that kafka-python (3.0.12) has lost sight of; to be called after each poll.

    When it joins anew because a topic has come or has changed, and the group's answer comes after the poll that asked,
    it thinks that there is nothing left to do: it takes no partitions, sends no sign of life, and tells nobody.
    """
    coordinator = consumer._coordinator  # noqa: SLF001 - nothing public tells, or asks for a rebalance
    if coordinator.rebalance_in_progress() and not coordinator.need_rejoin():
        coordinator.request_rejoin()
