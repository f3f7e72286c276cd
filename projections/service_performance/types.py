"""What the public gets of a service's performance."""

from projections.view_type import ViewType


class ServicePerformance(ViewType):
    """The counts of a service; `late` are closed after the last day of their term, `overdue` open after it."""

    service: str
    submitted: int
    open: int
    closed: int
    late: int
    overdue: int
    withdrawn: int
    granted: int
    refused: int
    partly: int
    reopened: int
    steps: int
