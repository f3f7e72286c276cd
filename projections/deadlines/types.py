"""What readers of deadlines receive."""

from uuid import UUID

from pydantic import computed_field

from projections.dates import RowDate, deadline_of
from projections.instants import RowInstant
from projections.view_type import ViewType


class Deadline(ViewType):
    """An open case and the last local day of its term; day and id are the cursor after it."""

    case_id: UUID
    last_day: RowDate
    agency: str
    service: str
    reference: str
    time_zone: str
    marked_overdue_on: RowDate | None

    @computed_field  # type: ignore[prop-decorator] # pydantic's own way; mypy knows no decorated properties
    @property
    def deadline(self) -> RowInstant | None:
        """When the last local day of the term is over, where the case is."""
        return deadline_of(self.last_day, self.time_zone)
