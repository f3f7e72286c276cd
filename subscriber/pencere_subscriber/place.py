"""A subscriber's place on a partition, and the rule by which it checks that nothing is missing.

A place is stored in the metadata of the committed offset. Reading the record before that offset instead would be wrong:
it may be a repetition of an older one (1, 2, 3, then 2 again), and the next record would be taken for new.
"""

import json
from dataclasses import dataclass, replace
from typing import Self

from pencere_subscriber.errors import GapError
from pencere_subscriber.event import Numbers


@dataclass(frozen=True)
class Place:
    """A subscriber's place on a partition.

    `offset` is that of the next record to read, `sequence` the last one seen. When it is not `certain`, there may be
    records in between that were rightly not seen: before a start in the middle, or without numbers. `handled` is the
    last sequence that was handled and not set aside, `began` the offset at which the subscription began.
    """

    offset: int
    sequence: int
    certain: bool
    handled: int
    began: int

    @classmethod
    def beginning(cls, offset: int) -> Self:
        """Return the place of a subscription that begins at an offset."""
        return cls(offset, 0, certain=offset == 0, handled=0, began=offset)

    @classmethod
    def read(cls, offset: int, metadata: str) -> Self | None:
        """Return the place that was committed with an offset; None when it is not a subscriber's."""
        try:
            kept = json.loads(metadata)
            return cls(offset, kept["sequence"], kept["certain"], kept["handled"], kept["began"])
        except (ValueError, TypeError, KeyError):
            return None

    def metadata(self) -> str:
        """Return what is committed beside the offset."""
        kept = {"sequence": self.sequence, "certain": self.certain, "handled": self.handled, "began": self.began}
        return json.dumps(kept)

    def has_seen(self, numbers: Numbers) -> bool:
        """Return whether a record is a repetition: the publisher sends a round again after a crash."""
        return numbers.sequence <= self.sequence

    def after(self, topic: str, partition: int, offset: int, numbers: Numbers | None) -> Self:
        """Return the place after the record at an offset.

        Raises:
            GapError: a record is missing before it.
        """
        if numbers is None:
            return replace(self, offset=offset + 1, certain=False)
        if self.has_seen(numbers):
            return replace(self, offset=offset + 1)
        if numbers.previous < self.sequence or (self.certain and numbers.previous != self.sequence):
            raise GapError(topic, partition, self.sequence, numbers.previous)
        return replace(self, offset=offset + 1, sequence=numbers.sequence, certain=True)
