"""Counts what events tell about a case, by service and month."""

from datetime import date

from domain.case.deadlines import working_days
from domain.evaluation import measures
from projections.recorded import Recorded
from projections.tables import Row, Rows


class Counting:
    """Counts what an event tells about its case, in the table of now and in that of any time."""

    def __init__(self, rows: Rows, row: Row, event: Recorded) -> None:
        self._rows, self._row, self._position = rows, row, event.position

    def count(self, day: int, measure: measures.Measure, detail: str | int, amount: int = 1) -> None:
        """Count a detail of a measure, in the month of a day."""
        service, month = self._row["service"], date.fromordinal(day).isoformat()[:7]
        self._rows.counted["tallies"].count((service, month, measure, str(detail)), amount=amount)
        self._rows.appended["changes"].add((service, month, self._position, measure, str(detail), amount))

    def finished(self, day: int, amount: int = 1) -> None:
        """Count how long the case took until a day."""
        began = date.fromordinal(self._row["began"])
        worked = working_days(began, date.fromordinal(day))
        self.count(day, measures.WORKING_DAYS, worked, amount)
        self.count(day, measures.CALENDAR_DAYS, max(0, day - self._row["began"]), amount)

    def closed(self, day: int, amount: int = 1) -> None:
        """Count that the case was closed on a day, in time or not."""
        last = self._row["last_day"]
        in_time = measures.LATE if last is not None and day > last else measures.IN_TIME
        self.count(day, measures.CLOSED, measures.NO_TERM if last is None else in_time, amount)
