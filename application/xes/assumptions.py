"""The assumptions with which a log was read. Each kind has a stated rule, and each use of a rule is counted."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum


class Assumption(StrEnum):
    """A rule for reading something doubtful; the value is the rule's name in summaries."""

    NO_OFFSET = "noOffset"
    SHOWN_TWICE = "shownTwice"
    NEVER_SHOWN = "neverShown"
    END_OF_DAY = "endOfDay"
    LEAP_SECOND = "leapSecond"
    DIGITS_CUT_OFF = "digitsCutOff"
    NO_START = "noStart"
    OUT_OF_ORDER = "outOfOrder"
    EVENT_BEFORE_START = "eventBeforeStart"
    EVENT_AFTER_END = "eventAfterEnd"
    END_BEFORE_START = "endBeforeStart"
    DEADLINE_BEFORE_START = "deadlineBeforeStart"
    NO_NAME = "noName"
    NO_CHANNEL = "noChannel"
    NO_RESOURCE = "noResource"


RULES = {
    Assumption.NO_OFFSET: "times without an offset were read as local times of the agency's zone",
    Assumption.SHOWN_TWICE: "local times that the clocks showed twice were read as the first of the two",
    Assumption.NEVER_SHOWN: "local times that the clocks skipped were read by the offset before the change",
    Assumption.END_OF_DAY: "times of 24:00 were read as 00:00 of the next day",
    Assumption.LEAP_SECOND: "leap seconds were read as the last microsecond before them",
    Assumption.DIGITS_CUT_OFF: "times finer than microseconds lost their last digits and were not rounded",
    Assumption.NO_START: "traces without a start (startdate) began with their first event",
    Assumption.OUT_OF_ORDER: "events lie before the event above them; the order of the file was kept",
    Assumption.EVENT_BEFORE_START: "events lie before the start of their trace; both times were kept",
    Assumption.EVENT_AFTER_END: "events lie after the end of their trace; both times were kept",
    Assumption.END_BEFORE_START: "traces end before they start; both times were kept",
    Assumption.DEADLINE_BEFORE_START: "deadlines lie before the start of their trace; both times were kept",
    Assumption.NO_NAME: "traces without a name were named by their number in the file",
    Assumption.NO_CHANNEL: "traces without a channel got the channel 'unknown'",
    Assumption.NO_RESOURCE: "events without a resource were counted as work of whoever had the case before",
}


def of_the_order(
    start: datetime | None, end: datetime | None, deadline: datetime | None, events: Sequence[datetime]
) -> Iterator[Assumption]:
    """Yield the assumptions for times of a trace that contradict each other; all times are in UTC."""
    begun = start
    if begun is None:
        yield Assumption.NO_START
        begun = events[0] if events else None
    if begun is not None and end is not None and end < begun:
        yield Assumption.END_BEFORE_START
    if begun is not None and deadline is not None and deadline < begun:
        yield Assumption.DEADLINE_BEFORE_START
    before: datetime | None = None
    for at in events:
        if before is not None and at < before:
            yield Assumption.OUT_OF_ORDER
        if start is not None and at < start:
            yield Assumption.EVENT_BEFORE_START
        if end is not None and at > end:
            yield Assumption.EVENT_AFTER_END
        before = at
