"""What is counted, by month, resource, service and agency. A measure has details, and each detail an amount."""

from typing import Final

HELD_QUESTIONS: Final = "held_questions"
"""Questions that cases were asked although the resource, which was integrated, holds the answer."""

HELD_CASES: Final = "held_cases"
"""The cases that were asked such questions."""

REQUESTED: Final = "requested"
"""Requests to the resource."""

LEVEL: Final = "level"
"""The same; the detail is the service level: seconds within which the resource promises to answer."""

ANSWERED: Final = "answered"
"""Requests answered; the detail is whether within the service level."""

IN_TIME: Final = "in_time"
LATE: Final = "late"

SECONDS: Final = "seconds"
"""The same requests; the detail is how long the answer took, as `rounded_up` says it."""

ELEMENTS: Final = "elements"
"""Elements answered instead of being asked for, without those that the applicant did not want to be used."""

OBJECTED: Final = "objected"
"""Answers that the applicant did not want to be used."""

ENDED: Final = "ended"
"""Requests without an answer; the detail is how they ended."""

FAILED_AT_WINDOW: Final = "FailedAtWindow"
"""The end of a request that failed, and not by the resource's doing."""

ABANDONED: Final = "abandoned"
"""Requests of cases that ended before an answer."""

EXCEPTION: Final = "exception"
"""Questions to the applicant that count against the resource; the detail is why they were asked."""

ASKED: Final = "asked"
"""Questions to the applicant that do not; the detail is why they were asked."""

ELEMENTS_ASKED: Final = "elements_asked"
"""The elements that the questions of these two kinds are about; the detail is the kind."""

DISPUTED: Final = "disputed"
"""Disputes of what the resource has answered."""

OUTCOME: Final = "outcome"
"""Disputes of which the resource has said something; the detail is its latest word."""

REMARKED: Final = "remarked"
"""Messages that changed nothing; the detail is what was remarked."""

_DIGITS: Final = 2


def rounded_up(seconds: int) -> int:
    """Return the seconds rounded up to two digits and zeros, so that there are few different ones."""
    unit: int = 10 ** max(0, len(str(seconds)) - _DIGITS)
    return -(-seconds // unit) * unit
