"""Folds the events of calendars."""

import orjson

from domain.calendar.events import ActEntered, CalendarOpened
from projections.columns import bigint, text
from projections.recorded import Batch, Recorded
from projections.tables import Rows, Table
from projections.view import Needs, View

_CALENDARS = Table(
    "calendars",
    "keyed",
    (
        text("calendar"),
        text("jurisdiction"),
        text("territory"),
        text("working_week"),
        bigint("version"),
        bigint("position"),
    ),
)
_ACTS = Table(
    "acts",
    "appended",
    (text("calendar"), bigint("number"), bigint("position"), text("act"), text("entries")),
    key=2,
)


def needs(batch: Batch) -> Needs:
    """Ask for the calendars that have a new act."""
    return {"calendars": {event.data["slug"] for event in batch.events if event.topic == ActEntered.topic}}


def fold(rows: Rows, event: Recorded) -> None:
    """Fold the event into its calendar."""
    if event.topic == CalendarOpened.topic:
        pinned = {name: event.data[name] for name in ("jurisdiction", "territory", "working_week")}
        row = {"calendar": event.data["slug"], **pinned, "version": 1, "position": event.position}
        rows.keyed["calendars"].put(event.data["slug"], row)
        _enter(rows, event, 1)
    elif event.topic == ActEntered.topic:
        row = rows.keyed["calendars"].require(event.data["slug"])
        rows.keyed["calendars"].put(event.data["slug"], {**row, "version": event.data["number"]})
        _enter(rows, event, event.data["number"])


def _enter(rows: Rows, event: Recorded, number: int) -> None:
    act, entries = (orjson.dumps(event.data[name]).decode() for name in ("act", "entries"))
    rows.appended["acts"].add((event.data["slug"], number, event.position, act, entries))


VIEW = View("calendars", (_CALENDARS, _ACTS), needs, fold)
