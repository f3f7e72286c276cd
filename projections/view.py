"""What a read model is to the runner."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import NamedTuple, TypeAlias

from projections.recorded import Batch, Recorded
from projections.tables import Key, Rows, Table

Needs: TypeAlias = Mapping[str, Collection[Key]]


class View(NamedTuple):
    """A read model.

    Attributes:
        name: its name, that of its folder and of its schema.
        tables: the tables that its schema.sql makes.
        needs: tells which rows of which keyed tables a batch may need.
        fold: takes one event into the rows; pure, and blind to what is sealed.
        needs_total_order: it numbers events across all cases, so that only the ledger's own order will do.
        reads_no_data: its rows depend on what every event says about itself, so it folds events that are newer too.
        version: raised when the fold gives other rows from the same events than before, so that the view is rebuilt.
    """

    name: str
    tables: tuple[Table, ...]
    needs: Callable[[Batch], Needs]
    fold: Callable[[Rows, Recorded], None]
    version: int = 1
    needs_total_order: bool = False
    reads_no_data: bool = False

    def take(self, rows: Rows, event: Recorded) -> None:
        """Fold an event into the rows.

        Raises:
            UnknownSchemaVersionError: the event is newer than this program, which must not guess what it means.
        """
        if not self.reads_no_data:
            _ = event.data
        self.fold(rows, event)

    @property
    def schema_sql(self) -> str:
        """The statements that make its tables, in whatever schema comes first in the search path."""
        return (Path(__file__).parent / self.name / "schema.sql").read_text()


def needs_nothing(_: Batch) -> Needs:
    """Need no rows."""
    return {}
