"""Counts what an event tells, in the tables of now and in those of any time."""

from collections import Counter

from projections.once_only.tables import BLOCK_BITS
from projections.tables import Row, Rows


class Counting:
    """What one event counts for its case; `write` adds it to the tables, once."""

    def __init__(self, case: Row) -> None:
        self._month, self._service, self._agency = case["month"], case["service"], case["agency"]
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def count(self, resource: str, measure: str, detail: str = "", amount: int = 1) -> None:
        """Count something of a resource."""
        self._counts[resource, measure, detail] += amount

    def write(self, rows: Rows, position: int) -> None:
        """Add what was counted, at the event's position."""
        for (resource, measure, detail), amount in sorted(self._counts.items()):
            if amount:
                part, what = (self._month, resource, self._service, self._agency), (measure, detail)
                rows.counted["parts"].count(part, changes=1)
                rows.counted["tallies"].count((*part, *what), amount=amount)
                rows.counted["blocks"].count((*part, position >> BLOCK_BITS, *what), amount=amount)
                rows.appended["changes"].add((*part, position, *what, amount))
