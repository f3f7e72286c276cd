"""What readers of a case's status receive."""

from uuid import UUID

from pydantic import computed_field

from projections.dates import RowDate, deadline_of
from projections.instants import RowInstant
from projections.view_type import ViewType


class CaseStatus(ViewType):
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
    time_zone: str
    applicant: str
    official: str | None
    outcome: str | None
    submitted_at: RowInstant
    last_day: RowDate | None
    marked_overdue_on: RowDate | None
    decided_at: RowInstant | None
    closed_at: RowInstant | None
    last_event_at: RowInstant

    @computed_field  # type: ignore[prop-decorator] # pydantic's own way; mypy knows no decorated properties
    @property
    def deadline(self) -> RowInstant | None:
        """When the last local day of the term is over, where the case is."""
        return deadline_of(self.last_day, self.time_zone)
