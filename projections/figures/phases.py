"""Folds events of services: how many phases of a version are done electronically, and when it holds."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from projections.dates import day_of, day_or_none
from projections.recorded import Batch, Recorded
from projections.tables import Rows

_DRAFTED, _PUBLISHED, _WITHDRAWN = "service.drafted", "service.published", "service.withdrawn"
_OF_A_VERSION: Final = frozenset({_PUBLISHED, _WITHDRAWN})
_ELECTRONIC: Final = "electronic"


def needed_drafts(batch: Batch) -> set[tuple[UUID, int]]:
    """Return the versions that the events publish or withdraw."""
    return {(event.stream, event.data["version"]) for event in batch.events if event.topic in _OF_A_VERSION}


def fold_of_service(rows: Rows, event: Recorded) -> None:
    """Fold an event of a service; others change nothing."""
    if event.topic == _DRAFTED:
        _drafted(rows, event)
    elif event.topic in _OF_A_VERSION:
        _moved(rows, event)


def _drafted(rows: Rows, event: Recorded) -> None:
    definition, version = event.data["definition"], event.data["version"]
    phases = _phases(definition["steps"])
    row = {
        "stream": event.stream,
        "version": version,
        "service": definition["slug"],
        "agency": definition["agency"],
        "phases": len(phases),
        "online": sum(phases.values()),
        "from_day": None,
    }
    rows.keyed["drafts"].put((event.stream, version), row)


def _phases(steps: Sequence[Mapping[str, Any]]) -> dict[str, bool]:
    """Return for each phase that has steps whether all of them are electronic."""
    channels = defaultdict[str, set[str | None]](set)
    for step in steps:
        channels[step["phase"]].add(step["channel"])
    return {phase: found == {_ELECTRONIC} for phase, found in channels.items()}


def _moved(rows: Rows, event: Recorded) -> None:
    draft = rows.keyed["drafts"].require((event.stream, event.data["version"]))
    on, service = day_of(event.occurred_at[:10]), draft["service"]
    if event.topic == _WITHDRAWN:  # perhaps before the day from which it would have held
        from_day = on if draft["from_day"] is None else max(on, draft["from_day"])
        rows.appended["versions"].add((service, from_day, event.position, None, 0, 0))
        return
    begins = event.data["valid_from"] or event.data["local_date"]
    from_day = on if begins is None else day_of(begins)
    rows.keyed["drafts"].put((event.stream, event.data["version"]), {**draft, "from_day": from_day})
    to_day = day_or_none(event.data["valid_to"])
    rows.appended["versions"].add((service, from_day, event.position, to_day, draft["phases"], draft["online"]))
    rows.counted["services"].count((service, draft["agency"]), versions=1)
    rows.counted["agencies"].count(draft["agency"], versions=1)
