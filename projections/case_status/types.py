"""What readers get of a case's standing."""

from uuid import UUID

from projections.dates import Due
from projections.instants import RowInstant


class CaseStatus(Due):
    """Where a case stands after its event of this version and position; people are under the case's pseudonyms."""

    case_id: UUID
    reference: str
    service: str
    service_version: int
    agency: str
    desk: str
    stage: str
    step: str | None
    version: int
    position: int
    channel: str
    language: str
    applicant: str
    official: str | None
    outcome: str | None
    submitted_at: RowInstant
    decided_at: RowInstant | None
    closed_at: RowInstant | None
    last_event_at: RowInstant
