"""The errors that stop a subscriber, and the one that sets an event aside."""


class SubscriberError(Exception):
    """The subscriber cannot go on; the text says why."""


class GapError(SubscriberError):
    """A record is missing, or one is where it does not belong: nothing after it may be handled.

    Attributes:
        topic: the topic.
        partition: the partition.
        expected: the sequence of the last record seen there, which the next one must name as its `previous`.
        found: the `previous` that it names.
    """

    def __init__(self, topic: str, partition: int, expected: int, found: int) -> None:
        self.topic, self.partition, self.expected, self.found = topic, partition, expected, found
        super().__init__(
            f"{topic}, partition {partition}: the next record should follow sequence {expected} and says that it "
            f"follows {found}; nothing after {expected} has been handled"
        )


class NotInLogError(SubscriberError):
    """The received event differs from the one in the public log, or the log is signed by another key.

    Attributes:
        topic: the topic.
        partition: the partition.
        sequence: the event's number among the agency's events.
        position: where it should be in the log.
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
    """The broker no longer has, or does not have yet, the records at the subscriber's place."""

    def __init__(self, partitions: object) -> None:
        super().__init__(f"the broker does not have these places, so records have been deleted: {partitions}")


class NoTopicError(SubscriberError):
    """There is no such topic, or this user may not see it."""

    def __init__(self, topic: str) -> None:
        super().__init__(f"there is no topic {topic}, or you may not read it")


class ResetRefusedError(SubscriberError):
    """A group's places cannot be set while it has members."""

    def __init__(self, group: str, reason: object) -> None:
        super().__init__(f"the places of group {group} cannot be set while somebody is in it; stop them ({reason})")


class DeadLetterError(SubscriberError):
    """An event could not be set aside: it has not been skipped."""

    def __init__(self, topic: str, reason: object) -> None:
        super().__init__(f"{topic} did not take a record that should be set aside: {reason}")


class SettingsError(SubscriberError):
    """A setting is missing or makes no sense."""


class Poison(Exception):  # noqa: N818 - the handler reports it; it is not an error of the kit
    """A handler raises this for an event that it can never handle; the event is set aside, with the text as reason."""
