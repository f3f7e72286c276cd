"""What is counted, by service and month: the measures that events give, and nothing of any one case.

A measure has details, and each detail an amount: `decided` has `granted` 7 times and `refused` twice. Figures are
computed from these amounts alone. Months are those of local dates in the agency's time zone, which the events state.
"""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

Measure: TypeAlias = Literal[
    "submitted",
    "decided",
    "closed",
    "working_days",
    "calendar_days",
    "suspended",
    "phases",
    "evidence_asked",
    "evidence_answered",
    "asked_instead",
    "waited_for_resources",
    "waited_for_applicants",
]
Tally: TypeAlias = Mapping[str, Mapping[str, int]]
"""Measure -> detail -> amount, of one service in one month."""

SUBMITTED: Final = "submitted"
"""Requests, in the month from which their term is counted; the detail is the channel."""

DECIDED: Final = "decided"
"""Decisions that stand, in their month; the detail is the outcome."""

CLOSED: Final = "closed"
"""Cases that ended and were not withdrawn, in the month of their end; the detail is one of the three below."""

LATE: Final = "late"
IN_TIME: Final = "in_time"
NO_TERM: Final = "no_term"

WORKING_DAYS: Final = "working_days"
"""Finished cases, in the month in which they were; the detail is how many working days they took."""

CALENDAR_DAYS: Final = "calendar_days"
"""The same in calendar days."""

SUSPENDED: Final = "suspended"
"""Applicants' answers to officials, in their month; the detail is how many calendar days the case had waited for it."""

PHASES: Final = "phases"
"""The phases of the service's version that holds on the month's last day; the detail is one of the two below."""

ONLINE: Final = "online"
NOT_ONLINE: Final = "not_online"

EVIDENCE_ASKED: Final = "evidence_asked"
"""Requests to resources, in the month in which they were made."""

EVIDENCE_ANSWERED: Final = "evidence_answered"
"""Answers of resources, in their month; the detail is one of the two below."""

WITHIN_LEVEL: Final = "within_level"
AFTER_LEVEL: Final = "after_level"

ASKED_INSTEAD: Final = "asked_instead"
"""Questions to applicants about what a resource did not give, in their month; the detail is one of the two below."""

EXCEPTION: Final = "exception"
NO_EXCEPTION: Final = "no_exception"

WAITED_FOR_RESOURCES: Final = "waited_for_resources"
"""Times for which cases waited for resources only, in the month of their end; the detail is how many calendar days."""

WAITED_FOR_APPLICANTS: Final = "waited_for_applicants"
"""The same for the times for which they waited for their applicants because of evidence."""
