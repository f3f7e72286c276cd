"""What happens to the row of a case in every view that follows cases: its stage, and who works on it."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from domain.case import stage_machine
from projections.recorded import Recorded
from projections.tables import Row

Change: TypeAlias = Callable[[Row, Recorded], dict[str, Any]]
"""Returns the columns that an event changes, by the row before it."""

STAGE_AFTER: Final[Mapping[str, Mapping[str | None, str]]] = {
    topic: {before and before.value: after.value for before, after in stages.items()}
    for topic, stages in stage_machine.STAGE_AFTER.items()
}
"""The domain's table of stages, in the texts that rows keep."""


def _assigned(_: Row, event: Recorded) -> dict[str, Any]:
    return {"desk": event.data["desk"], "official": event.data["official"]}


def _subject_erased(row: Row, event: Recorded) -> dict[str, Any]:
    """A case whose official is forgotten has none: it goes back to its desk."""
    return {"official": None} if row["official"] == event.data["pseudonym"] else {}


WHO_WORKS: Final[Mapping[str, Change]] = {"case.assigned": _assigned, "case.subject_erased": _subject_erased}
"""Of each topic that is about who works on a case, what it changes."""
