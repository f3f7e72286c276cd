"""What a desk receives of its worklist."""

from uuid import UUID

from pydantic import computed_field

from projections.dates import RowDate, deadline_of
from projections.instants import RowInstant
from projections.view_type import ViewType


class WorklistItem(ViewType):
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
    time_zone: str
    submitted_at: RowInstant
    last_day: RowDate | None
    marked_overdue_on: RowDate | None

    @computed_field  # type: ignore[prop-decorator] # pydantic's own way; mypy knows no decorated properties
    @property
    def deadline(self) -> RowInstant | None:
        """When the last local day of the term is over, where the case is."""
        return deadline_of(self.last_day, self.time_zone)
