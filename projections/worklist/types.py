"""What a desk gets of its worklist."""

from uuid import UUID

from projections.dates import Due
from projections.instants import RowInstant


class WorklistItem(Due):
    """An open case at a desk; `submitted_position` is its place in the list, and the cursor after it."""

    case_id: UUID
    agency: str
    desk: str
    submitted_position: int
    reference: str
    service: str
    service_version: int
    stage: str
    official: str | None
    channel: str
    language: str
    submitted_at: RowInstant
