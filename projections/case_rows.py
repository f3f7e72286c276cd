"""Changes the row of a case, in the same way in every view of cases: its stage, and who works on it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from domain.case import stage_machine
from projections.dates import day_of, day_or_none
from projections.recorded import Recorded
from projections.tables import Row

Change: TypeAlias = Callable[[Row, Recorded], dict[str, Any]]
"""Returns the columns that an event changes, from the row before it."""

STAGE_AFTER: Final[Mapping[str, Mapping[str | None, str]]] = {
    topic: {before and before.value: after.value for before, after in stages.items()}
    for topic, stages in stage_machine.STAGE_AFTER.items()
}
"""The domain's table of stages, as the texts that rows hold."""


def _assigned(_: Row, event: Recorded) -> dict[str, Any]:
    return {"desk": event.data["desk"], "official": event.data["official"]}


def _subject_erased(row: Row, event: Recorded) -> dict[str, Any]:
    """Remove the official if that is the erased person: the case goes back to its desk."""
    return {"official": None} if row["official"] == event.data["pseudonym"] else {}


MOVED: Final[Mapping[str, Change]] = {
    "case.moved": lambda _row, event: {"agency": event.data["agency"], "desk": event.data["desk"]}
}
"""The change of a case that another agency's desk has taken over, in views where the agency is who works on it."""


WHO_WORKS: Final[Mapping[str, Change]] = {
    "case.assigned": _assigned,
    "case.released": lambda _row, _event: {"official": None},
    "case.subject_erased": _subject_erased,
}
"""For each topic about who works on a case, the change that it makes."""


WHETHER_OPEN: Final[Mapping[str, Change]] = {
    **dict.fromkeys(stage_machine.ENDING, lambda _, event: {"ended_at": event.occurred_micros}),
    **dict.fromkeys(stage_machine.RESUMING, lambda _row, _event: {"ended_at": None}),
}
"""The changes of events after which a case is open no more, or again."""


def _became_overdue(_: Row, event: Recorded) -> dict[str, Any]:
    return {"marked_overdue_on": day_of(event.data["local_date"])}


def _reopened(_: Row, event: Recorded) -> dict[str, Any]:
    """Remove the clock's word: a term that begins anew can be overdue anew."""
    return {"marked_overdue_on": None} if event.data["clock"] == "begins_anew" else {}


OVERDUE_MARK: Final[Mapping[str, Change]] = {
    "case.became_overdue": _became_overdue,
    "case.reopened": _reopened,
}
"""The changes of the clock's word that a case is overdue."""

LAST_DAY: Final[Mapping[str, Change]] = {
    "case.term_counted": lambda _, event: {"last_day": day_or_none(event.data["last_day"])}
}
"""The change of the last day of a case's term; None: the term is suspended."""


def together(*tables: Mapping[str, Change]) -> Mapping[str, Change]:
    """Return one table of changes; where several tables have a topic, each makes its change of the same row."""
    changes: dict[str, list[Change]] = {}
    for table in tables:
        for topic, change in table.items():
            changes.setdefault(topic, []).append(change)
    return {topic: each[0] if len(each) == 1 else _all_of(each) for topic, each in changes.items()}


def _all_of(changes: Sequence[Change]) -> Change:
    return lambda row, event: {name: value for change in changes for name, value in change(row, event).items()}
