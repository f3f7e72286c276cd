"""What readers get of deadlines."""

from uuid import UUID

from projections.instants import RowInstant
from projections.view_type import ViewType


class Deadline(ViewType):
    """An open case and when it is due; both together are the cursor after it."""

    case_id: UUID
    due: RowInstant
    agency: str
    service: str
    reference: str
