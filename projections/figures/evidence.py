"""Counts what resources are asked for a case, what they answer, and how long it waits for whom."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, TypeAlias

import orjson

from domain.evaluation import measures
from projections.dates import day_of
from projections.figures.counting import Counting
from projections.instants import micros
from projections.recorded import Recorded
from projections.tables import Row

Turn: TypeAlias = Literal["applicant", "resources"]
"""Who is waited for because of evidence: the applicant, also where resources are too, or resources only."""

NOBODYS_TURN: Final = {"turn": None, "turn_since": None}
_COUNTED_AS: Final[Mapping[Turn, measures.Measure]] = {
    "applicant": measures.WAITED_FOR_APPLICANTS,
    "resources": measures.WAITED_FOR_RESOURCES,
}
_MILLION: Final = 1_000_000


def _requested(counting: Counting, row: Row, event: Recorded) -> dict[str, Any]:
    day, requests = day_of(event.data["as_of"]), orjson.loads(row["requests"])
    counting.count(day, measures.EVIDENCE_ASKED, "")
    # It is owed anew when the request is made: for the first time, or after a preview.
    is_owed = {"since": micros(event.data["since"]), "within": event.data["answered_within"], "anew": True}
    return {**turn_passed(counting, row, day, "resources"), **_written({**requests, event.data["request_id"]: is_owed})}


def _sent(_: Counting, row: Row, event: Recorded) -> dict[str, Any]:
    return _owed_anew(row, event, micros(event.data["since"]), {"anew": False})


def _preview_asked(counting: Counting, row: Row, event: Recorded) -> dict[str, Any]:
    return {**_applicant_next(counting, row, event), **_changed(row, event, {"anew": True})}


def _accepted(counting: Counting, row: Row, event: Recorded) -> dict[str, Any]:
    return {**_resources_next(counting, row, event), **_owed_anew(row, event, event.occurred_micros, {})}


def _answered(counting: Counting, row: Row, event: Recorded) -> dict[str, Any]:
    requests = orjson.loads(row["requests"])
    request = requests.pop(event.data["request_id"])
    in_time = event.occurred_micros - request["since"] <= request["within"] * _MILLION
    detail = measures.WITHIN_LEVEL if in_time else measures.AFTER_LEVEL
    counting.count(day_of(event.data["local_date"]), measures.EVIDENCE_ANSWERED, detail)
    return _written(requests)


def _ended(_: Counting, row: Row, event: Recorded) -> dict[str, Any]:
    requests = orjson.loads(row["requests"])
    requests.pop(event.data["request_id"], None)
    return _written(requests)


def _asked(counting: Counting, row: Row, event: Recorded) -> dict[str, Any]:
    day = day_of(event.data["local_date"])
    detail = measures.EXCEPTION if event.data["is_exception"] else measures.NO_EXCEPTION
    counting.count(day, measures.ASKED_INSTEAD, detail)
    return turn_passed(counting, row, day, "applicant")


def _resources_next(counting: Counting, row: Row, event: Recorded) -> dict[str, Any]:
    return turn_passed(counting, row, day_of(event.data["local_date"]), "resources")


def _applicant_next(counting: Counting, row: Row, event: Recorded) -> dict[str, Any]:
    return turn_passed(counting, row, day_of(event.data["local_date"]), "applicant")


def _settled(counting: Counting, row: Row, event: Recorded) -> dict[str, Any]:
    return turn_passed(counting, row, day_of(event.data["local_date"]), None)


def turn_passed(counting: Counting, row: Row, day: int, turn: Turn | None) -> dict[str, Any]:
    """Count how long it was another's turn until a day, if it was; return what changes in the row..

    A turn begins where the one before it ended, so that no day counts twice, whatever dates the events state.
    """
    before, since = row["turn"], row["turn_since"]
    if turn == before:
        return {}
    until = day if since is None else max(day, since)
    if before is not None:
        counting.count(day, _COUNTED_AS[before], until - since)
    return NOBODYS_TURN if turn is None else {"turn": turn, "turn_since": until}


def _owed_anew(row: Row, event: Recorded, since: int, more: Mapping[str, Any]) -> dict[str, Any]:
    request = orjson.loads(row["requests"]).get(event.data["request_id"])
    return _changed(row, event, {"since": since, **more} if request and request["anew"] else more)


def _changed(row: Row, event: Recorded, changes: Mapping[str, Any]) -> dict[str, Any]:
    requests, name = orjson.loads(row["requests"]), event.data["request_id"]
    return _written({**requests, name: {**requests[name], **changes}}) if name in requests else {}


def _written(requests: Mapping[str, Any]) -> dict[str, Any]:
    return {"requests": orjson.dumps(requests, option=orjson.OPT_SORT_KEYS).decode()}


OF_EVIDENCE: Final[Mapping[str, Callable[[Counting, Row, Recorded], dict[str, Any]]]] = {
    "case.evidence_requested": _requested,
    "case.evidence_sent": _sent,
    "case.evidence_preview_asked": _preview_asked,
    "case.evidence_accepted": _accepted,
    "case.evidence_answered": _answered,
    "case.evidence_ended": _ended,
    "case.evidence_asked_of_applicant": _asked,
    "case.evidence_review_asked": _applicant_next,
    "case.evidence_objected": _resources_next,
    "case.evidence_supplied": _resources_next,
    "case.evidence_awaited": _resources_next,
    "case.applicant_awaited": _applicant_next,
    "case.evidence_settled": _settled,
}
"""The events about evidence, and what each counts and changes in the row of its case."""
