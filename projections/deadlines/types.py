"""What readers get of deadlines."""

from uuid import UUID

from projections.dates import Due, RowDate


class Deadline(Due):
    """An open case and the last local day of its term; day and id are the cursor after it."""

    case_id: UUID
    last_day: RowDate
    agency: str
    service: str
    reference: str
