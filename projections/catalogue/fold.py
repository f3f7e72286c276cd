"""Folds events of agencies and services into the catalogue."""

from collections.abc import Mapping
from typing import Any

import orjson

from domain.agency.state import USUAL_DESK_LIMIT
from domain.service.state import VersionStatus
from projections.columns import bigint, text, uuid
from projections.recorded import Batch, Recorded
from projections.tables import Rows, Table
from projections.view import Needs, View

_REGISTERED, _DRAFTED = "agency.registered", "service.drafted"
_PUBLISHED, _SUPERSEDED, _WITHDRAWN = "service.published", "service.superseded", "service.withdrawn"
_STATUS = {
    _PUBLISHED: VersionStatus.PUBLISHED.value,
    _SUPERSEDED: VersionStatus.SUPERSEDED.value,
    _WITHDRAWN: VersionStatus.WITHDRAWN.value,
}
_AGENCIES = Table(
    "agencies",
    "keyed",
    (
        text("agency"),
        text("name"),
        text("time_zone"),
        text("desks"),
        text("limits"),
        bigint("version"),
        bigint("position"),
    ),
)
_SERVICES = Table(
    "services",
    "keyed",
    (
        uuid("stream"),
        text("service"),
        text("agency"),
        bigint("published"),
        bigint("version"),
        bigint("position"),
    ),
)
_VERSIONS = Table(
    "versions",
    "keyed",
    (
        uuid("stream"),
        bigint("number"),
        text("status"),
        text("definition"),
        bigint("drafted_at"),
        bigint("published_at"),
        bigint("ended_at"),
    ),
    key=2,
)


def needs(batch: Batch) -> Needs:
    """Ask for the services that the events change, and for the versions that change their status."""
    touched = [event for event in batch.events if event.topic == _DRAFTED or event.topic in _STATUS]
    return {
        "services": {event.stream for event in touched if event.version > 1},
        "versions": {(event.stream, event.data["version"]) for event in touched if event.topic in _STATUS},
    }


def fold(rows: Rows, event: Recorded) -> None:
    """Fold the event into the catalogue."""
    if event.topic == _REGISTERED:
        rows.keyed["agencies"].put(event.data["slug"], _agency(event))
    elif event.topic == _DRAFTED:
        _draft(rows, event)
    elif event.topic in _STATUS:
        _move(rows, event, _STATUS[event.topic])


def _agency(event: Recorded) -> dict[str, Any]:
    return {
        "agency": event.data["slug"],
        "name": orjson.dumps(event.data["name"]).decode(),
        "time_zone": event.data["time_zone"],
        "desks": orjson.dumps(event.data["desks"]).decode(),
        "limits": orjson.dumps(_limits(event.data)).decode(),
        "version": event.version,
        "position": event.position,
    }


def _limits(data: Mapping[str, Any]) -> dict[str, int]:
    return {desk: data["desk_limits"].get(desk, USUAL_DESK_LIMIT) for desk in data["desks"]}


def _draft(rows: Rows, event: Recorded) -> None:
    definition, number = event.data["definition"], event.data["version"]
    known = rows.keyed["services"].get(event.stream)
    row = known or {"service": definition["slug"], "agency": definition["agency"], "published": None}
    moved = {"stream": event.stream, "version": event.version, "position": event.position}
    rows.keyed["services"].put(event.stream, {**row, **moved})
    version = {
        "stream": event.stream,
        "number": number,
        "status": VersionStatus.DRAFT.value,
        "definition": orjson.dumps(definition).decode(),
        "drafted_at": event.occurred_micros,
        "published_at": None,
        "ended_at": None,
    }
    rows.keyed["versions"].put((event.stream, number), version)


def _move(rows: Rows, event: Recorded, status: str) -> None:
    number = event.data["version"]
    version = rows.keyed["versions"].require((event.stream, number))
    service = rows.keyed["services"].require(event.stream)
    is_published = event.topic == _PUBLISHED
    when = {"published_at" if is_published else "ended_at": event.occurred_micros}
    rows.keyed["versions"].put((event.stream, number), {**version, "status": status, **when})
    published = number if is_published else None if event.topic == _WITHDRAWN else service["published"]
    moved = {"published": published, "version": event.version, "position": event.position}
    rows.keyed["services"].put(event.stream, {**service, **moved})


VIEW = View("catalogue", (_AGENCIES, _SERVICES, _VERSIONS), needs, fold)
