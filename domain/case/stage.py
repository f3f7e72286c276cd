"""The legal state that the cases of every service share."""

from enum import StrEnum


class Stage(StrEnum):
    """Where a case stands; AwaitingEvidence, UnderAppeal and Archived are reached by rules of later issues."""

    SUBMITTED = "Submitted"
    IN_PROGRESS = "InProgress"
    AWAITING_APPLICANT = "AwaitingApplicant"
    AWAITING_EVIDENCE = "AwaitingEvidence"
    DECIDED = "Decided"
    UNDER_APPEAL = "UnderAppeal"
    CLOSED = "Closed"
    WITHDRAWN = "Withdrawn"
    ARCHIVED = "Archived"
