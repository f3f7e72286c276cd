"""The legal state that every service shares."""

from enum import StrEnum


class Stage(StrEnum):
    """Where a case stands. AwaitingEvidence, UnderAppeal and Archived are reached by rules that come later."""

    SUBMITTED = "Submitted"
    IN_PROGRESS = "InProgress"
    AWAITING_APPLICANT = "AwaitingApplicant"
    AWAITING_EVIDENCE = "AwaitingEvidence"
    DECIDED = "Decided"
    UNDER_APPEAL = "UnderAppeal"
    CLOSED = "Closed"
    WITHDRAWN = "Withdrawn"
    ARCHIVED = "Archived"


UNDECIDED = frozenset({Stage.SUBMITTED, Stage.IN_PROGRESS, Stage.AWAITING_APPLICANT, Stage.AWAITING_EVIDENCE})
OPEN = UNDECIDED | {Stage.DECIDED, Stage.UNDER_APPEAL}
