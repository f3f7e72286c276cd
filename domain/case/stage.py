"""The legal states, which the cases of all services share."""

from enum import StrEnum
from typing import Final


class Stage(StrEnum):
    """Where a case stands; UnderAppeal and Archived are reached by rules of later issues."""

    SUBMITTED = "Submitted"
    IN_PROGRESS = "InProgress"
    AWAITING_APPLICANT = "AwaitingApplicant"
    AWAITING_EVIDENCE = "AwaitingEvidence"
    DECIDED = "Decided"
    UNDER_APPEAL = "UnderAppeal"
    CLOSED = "Closed"
    WITHDRAWN = "Withdrawn"
    ARCHIVED = "Archived"


ENDED: Final = frozenset({Stage.CLOSED, Stage.WITHDRAWN, Stage.ARCHIVED})
"""The stages in which the case has ended, unless an order reopens it."""
