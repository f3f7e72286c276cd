"""What stops a subscriber, and what sets an event aside."""


class SubscriberError(Exception):
    """The subscriber cannot go on; the text says why."""


class GapError(SubscriberError):
    """A record is missing, or one stands where it does not belong: nothing after it may be handled.

    Attributes:
        topic: the topic.
        partition: the partition.
        expected: the sequence of the last record seen there, which the next one must name as its `previous`.
        found: what it names.
    """

    def __init__(self, topic: str, partition: int, expected: int, found: int) -> None:
        self.topic, self.partition, self.expected, self.found = topic, partition, expected, found
        super().__init__(
            f"{topic}, partition {partition}: the next record should follow sequence {expected} and says that it "
            f"follows {found}; nothing after {expected} has been handled"
        )


class NotInLogError(SubscriberError):
    """What was received is not what the public log has, or the log is not signed by the key that it should be.

    Attributes:
        topic: the topic.
        partition: the partition.
        sequence: the agency's number of the event.
        position: where it should stand in the log.
    """

    def __init__(self, topic: str, partition: int, sequence: int, position: int, reason: object) -> None:
        self.topic, self.partition, self.sequence, self.position = topic, partition, sequence, position
        super().__init__(
            f"THE PUBLIC LOG DOES NOT HAVE WHAT WAS RECEIVED: {topic}, partition {partition}, sequence {sequence},"
            f" position {position}: {reason}. It has not been handled. Keep the record, and tell the auditors"
        )


class LogAwayError(SubscriberError):
    """The public log does not answer, or has not signed the event in time: it cannot be checked."""

    def __init__(self, url: str, position: int, reason: object) -> None:
        super().__init__(f"the event at position {position} cannot be checked against the log at {url}: {reason}")


class PlaceGoneError(SubscriberError):
    """The broker no longer has, or not yet has, the records at the place where the subscriber stands."""

    def __init__(self, partitions: object) -> None:
        super().__init__(f"the broker does not have these places, so records have been deleted: {partitions}")


class NoTopicError(SubscriberError):
    """There is no such topic, or this user may not know it."""

    def __init__(self, topic: str) -> None:
        super().__init__(f"there is no topic {topic}, or you may not read it")


class ResetRefusedError(SubscriberError):
    """A group's places cannot be set while it has members."""

    def __init__(self, group: str, reason: object) -> None:
        super().__init__(f"the places of group {group} cannot be set while somebody is in it; stop them ({reason})")


class DeadLetterError(SubscriberError):
    """An event that should be set aside could not be: it has not been passed over."""

    def __init__(self, topic: str, reason: object) -> None:
        super().__init__(f"{topic} did not take a record that should be set aside: {reason}")


class SettingsError(SubscriberError):
    """A setting is missing or makes no sense."""


class Poison(Exception):  # noqa: N818 - it is what the handler found, not a failure of ours
    """This event cannot be handled, now or later; the text says why. Raised by the handler, it sets the event aside."""
