"""Folds events of agencies and services into the catalogue."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from domain.agency.state import USUAL_DESK_LIMIT
from domain.service.state import VersionStatus
from projections.columns import bigint, text, uuid
from projections.dates import day_of, day_or_none
from projections.recorded import Batch, Recorded
from projections.tables import Rows, Table
from projections.view import Needs, View

_REGISTERED, _STAND_IN, _CALENDAR = "agency.registered", "agency.stand_in_named", "agency.calendar_named"
_DRAFTED = "service.drafted"
_PUBLISHED, _SUPERSEDED, _WITHDRAWN = "service.published", "service.superseded", "service.withdrawn"
_STATUS = {
    _PUBLISHED: VersionStatus.PUBLISHED.value,
    _SUPERSEDED: VersionStatus.SUPERSEDED.value,
    _WITHDRAWN: VersionStatus.WITHDRAWN.value,
}
_DUTY = {
    "service.held_elements_asked": "held_elements_asked",
    "service.evidence_source_lost": "evidence_source_lost",
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
        text("stand_ins"),
        text("calendar"),
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
        bigint("withdrawn_in"),
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
        bigint("drafted_in"),
        bigint("published_in"),
        bigint("ended_in"),
        bigint("after_withdrawal"),
        bigint("valid_from"),
        bigint("valid_to"),
    ),
    key=2,
)
_PUBLICATIONS = Table("publications", "appended", (bigint("position"), uuid("stream"), bigint("number")))
_ZONES = Table("zones", "counted", (text("time_zone"), bigint("agencies")))
_QUESTIONS = Table("questions", "appended", (uuid("stream"), bigint("number"), text("element")), key=3)
_ASKING = Table("asking", "keyed", (text("element"), text("service"), uuid("stream")), key=2)
_EVIDENCE = Table("evidence", "appended", (uuid("stream"), bigint("number"), text("resource"), text("element")), key=4)
_RELYING = Table("relying", "keyed", (text("resource"), text("service"), uuid("stream")), key=2)
_TOLD = Table(
    "told",
    "keyed",
    (uuid("stream"), bigint("number"), text("kind"), text("element"), text("resource"), bigint("position")),
    key=5,
)
_DUTIES = Table(
    "duties",
    "appended",
    (
        uuid("stream"),
        bigint("number"),
        bigint("position"),
        text("kind"),
        text("resource"),
        text("elements"),
        bigint("publish_by"),
        bigint("noted_at"),
    ),
    key=3,
)


def needs(batch: Batch) -> Needs:
    """Ask for the agencies and services that the events change, and for the versions that change their status."""
    touched = [event for event in batch.events if event.topic == _DRAFTED or event.topic in _STATUS]
    return {
        "agencies": {event.data["slug"] for event in batch.events if event.topic in (_STAND_IN, _CALENDAR)},
        "services": {event.stream for event in touched if event.version > 1},
        "versions": {(event.stream, event.data["version"]) for event in touched if event.topic in _STATUS},
    }


def fold(rows: Rows, event: Recorded) -> None:
    """Fold the event into the catalogue."""
    if event.topic == _REGISTERED:
        rows.keyed["agencies"].put(event.data["slug"], _agency(event))
        rows.counted["zones"].count(event.data["time_zone"], agencies=1)
    elif event.topic == _STAND_IN:
        _stand_in(rows, event)
    elif event.topic == _CALENDAR:
        _name_calendar(rows, event)
    elif event.topic == _DRAFTED:
        _draft(rows, event)
    elif event.topic in _STATUS:
        _move(rows, event, _STATUS[event.topic])
    elif event.topic in _DUTY:
        _owe(rows, event)


def _agency(event: Recorded) -> dict[str, Any]:
    return {
        "agency": event.data["slug"],
        "name": orjson.dumps(event.data["name"]).decode(),
        "time_zone": event.data["time_zone"],
        "desks": orjson.dumps(event.data["desks"]).decode(),
        "limits": orjson.dumps(_limits(event.data)).decode(),
        "stand_ins": "{}",
        "calendar": None,
        "version": event.version,
        "position": event.position,
    }


def _limits(data: Mapping[str, Any]) -> dict[str, int]:
    return {desk: data["desk_limits"].get(desk, USUAL_DESK_LIMIT) for desk in data["desks"]}


def _stand_in(rows: Rows, event: Recorded) -> None:
    agency = rows.keyed["agencies"].require(event.data["slug"])
    named = {**orjson.loads(agency["stand_ins"]), event.data["desk"]: event.data["stand_in"]}
    kept = {desk: other for desk, other in named.items() if other is not None}
    text_of = orjson.dumps(kept, option=orjson.OPT_SORT_KEYS).decode()
    row = {**agency, "stand_ins": text_of, "version": event.version, "position": event.position}
    rows.keyed["agencies"].put(event.data["slug"], row)


def _name_calendar(rows: Rows, event: Recorded) -> None:
    agency = rows.keyed["agencies"].require(event.data["slug"])
    row = {**agency, "calendar": event.data["calendar"], "version": event.version, "position": event.position}
    rows.keyed["agencies"].put(event.data["slug"], row)


def _draft(rows: Rows, event: Recorded) -> None:
    definition, number = event.data["definition"], event.data["version"]
    known = rows.keyed["services"].get(event.stream)
    new = {"service": definition["slug"], "agency": definition["agency"], "published": None, "withdrawn_in": 0}
    row = known or new
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
        "drafted_in": event.position,
        "published_in": None,
        "ended_in": None,
        "after_withdrawal": 0,
        "valid_from": None,
        "valid_to": None,
    }
    rows.keyed["versions"].put((event.stream, number), version)
    _use(rows, event.stream, number, definition)


def _use(rows: Rows, stream: UUID, number: int, definition: Mapping[str, Any]) -> None:
    """Note what a version asks for, and what it needs from whom."""
    service = definition["slug"]
    for element in dict.fromkeys(each["element"] for each in definition["questions"]):
        rows.appended["questions"].add((stream, number, element))
        asking = {"element": element, "service": service, "stream": stream}
        rows.keyed["asking"].put((element, service), asking)
    for resource, element in dict.fromkeys((each["resource"], each["element"]) for each in definition["evidence"]):
        rows.appended["evidence"].add((stream, number, resource, element))
        relying = {"resource": resource, "service": service, "stream": stream}
        rows.keyed["relying"].put((resource, service), relying)


def _move(rows: Rows, event: Recorded, status: str) -> None:
    number = event.data["version"]
    version = rows.keyed["versions"].require((event.stream, number))
    service = rows.keyed["services"].require(event.stream)
    moved: dict[str, Any] = {"version": event.version, "position": event.position}
    if event.topic == _PUBLISHED:
        moved["published"] = number
        rows.appended["publications"].add((event.position, event.stream, number))
        now: dict[str, Any] = {
            "published_at": event.occurred_micros,
            "published_in": event.position,
            "after_withdrawal": service["withdrawn_in"],
            "valid_from": day_or_none(event.data["valid_from"]),
            "valid_to": day_or_none(event.data["valid_to"]),
        }
    else:
        now = {"ended_at": event.occurred_micros, "ended_in": event.position}
        if event.topic == _WITHDRAWN:
            moved |= {"published": None, "withdrawn_in": event.position}
    rows.keyed["versions"].put((event.stream, number), {**version, "status": status, **now})
    rows.keyed["services"].put(event.stream, {**service, **moved})


def _owe(rows: Rows, event: Recorded) -> None:
    owed = event.data
    what = (_DUTY[event.topic], owed["resource"], orjson.dumps(owed["elements"]).decode())
    when = (day_of(owed["publish_by"]), event.occurred_micros)
    rows.appended["duties"].add((event.stream, owed["version"], event.position, *what, *when))
    for element in owed["elements"]:
        key = (event.stream, owed["version"], _DUTY[event.topic], element, owed["resource"])
        told = dict(zip(("stream", "number", "kind", "element", "resource"), key, strict=True))
        rows.keyed["told"].put(key, {**told, "position": event.position})


VIEW = View(
    "catalogue",
    (_AGENCIES, _ZONES, _SERVICES, _VERSIONS, _QUESTIONS, _ASKING, _EVIDENCE, _RELYING, _DUTIES, _TOLD, _PUBLICATIONS),
    needs,
    fold,
    version=3,
)
