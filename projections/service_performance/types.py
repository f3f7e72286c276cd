"""What the public receives about a service's performance."""

from projections.view_type import ViewType


class ServicePerformance(ViewType):
    """The counts of a service.

    `late` are closed after the last day of their term, `overdue` are open after it; `markedOverdue` tells how often the
    clock has said so, and what it has said stays said.
    """

    service: str
    submitted: int
    open: int
    closed: int
    late: int
    overdue: int
    marked_overdue: int
    withdrawn: int
    granted: int
    refused: int
    partly: int
    reopened: int
    steps: int
