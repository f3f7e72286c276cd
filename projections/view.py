"""Describes a read model to the runner."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import NamedTuple, TypeAlias

from projections.recorded import Batch, Recorded
from projections.tables import Key, Rows, Table

Needs: TypeAlias = Mapping[str, Collection[Key]]


def needs_no_more(_rows: Rows, _batch: Batch) -> Needs:
    """Ask for no rows besides those that the events themselves name."""
    return {}


class View(NamedTuple):
    """A read model.

    Attributes:
        name: its name, and the name of its folder and its schema.
        tables: the tables that its schema.sql creates.
        needs: returns which rows of which keyed tables a batch may need.
        fold: folds one event into the rows; it is pure and never sees sealed data.
        needs_total_order: whether it numbers events across all cases, or counts an event by what other streams said at
            that moment, and so needs the ledger's own order.
        reads_no_data: whether its rows depend only on the envelope that every event has, so that it can fold newer
            events too.
        needs_more: returns which rows a batch may need besides, once the rows that `needs` names are loaded: those that
            other rows name.
        version: must be raised when the fold makes other rows of the same events, so that the view is rebuilt.
    """

    name: str
    tables: tuple[Table, ...]
    needs: Callable[[Batch], Needs]
    fold: Callable[[Rows, Recorded], None]
    version: int = 1
    needs_total_order: bool = False
    reads_no_data: bool = False
    needs_more: Callable[[Rows, Batch], Needs] = needs_no_more

    def take(self, rows: Rows, batch: Batch) -> None:
        """Fold the events of a batch into the rows.

        Raises:
            UnknownSchemaVersionError: an event is newer than this program, which must not guess its meaning.
        """
        if not self.reads_no_data and batch.newer is not None:
            raise batch.newer
        for event in batch.events:
            self.fold(rows, event)

    @property
    def schema_sql(self) -> str:
        """The statements that create its tables, in the first schema of the search path."""
        return (Path(__file__).parent / self.name / "schema.sql").read_text()


def needs_nothing(_: Batch) -> Needs:
    """Ask for no rows."""
    return {}
