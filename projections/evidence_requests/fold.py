"""Folds events about evidence into what must be asked, and into when the next clock of a case runs out."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final, TypeAlias

import orjson

from domain.case import stage_machine
from domain.evidence.clocks import Progress, Terms, due, later
from domain.evidence.progress import EvidenceState
from domain.values import micros_at
from projections.columns import bigint, text, uuid
from projections.instants import instant_at, micros
from projections.recorded import Batch, Recorded
from projections.tables import Row, Rows, Table
from projections.view import Needs, View

_CASES = Table(
    "cases",
    "keyed",
    (uuid("case_id"), text("requests"), text("disputes"), bigint("to_make"), bigint("due_at"), bigint("ended")),
)
Request: TypeAlias = dict[str, Any]
Change: TypeAlias = Callable[[Request, Recorded], Request]


def _requested(_: Request, event: Recorded) -> Request:
    data = event.data
    return {
        "state": EvidenceState.PREPARED.value,
        "owed_since": micros(data["since"]),
        "available_at": None,
        "preview_since": None,
        "acknowledged_within": data["acknowledged_within"],
        "answered_within": data["answered_within"],
        "previewed_within": data["previewed_within"],
        "expires_at": micros(data["expires_at"]),
        "under_review": False,
        "has_agreed": False,
    }


def _sent(request: Request, event: Recorded) -> Request:
    is_owed_anew = request["state"] in {EvidenceState.PREPARED.value, EvidenceState.PREVIEW_PENDING.value}
    anew = {"owed_since": micros(event.data["since"]), "available_at": None, "preview_since": None}
    return {"state": EvidenceState.SENT.value, **(anew if is_owed_anew else {})}


def _accepted(request: Request, event: Recorded) -> Request:
    if request["under_review"]:
        return {"under_review": False}
    # The window has as long to ask again as the applicant had.
    return {"has_agreed": True, "preview_since": micros(event.data["since"])}


_CHANGES: Final[Mapping[str, Change]] = {
    "case.evidence_requested": _requested,
    "case.evidence_sent": _sent,
    "case.evidence_acknowledged": lambda _, __: {"state": EvidenceState.ACKNOWLEDGED.value},
    "case.evidence_deferred": lambda _, event: {
        "state": EvidenceState.DEFERRED.value,
        "available_at": micros(event.data["available_at"]),
    },
    "case.evidence_preview_asked": lambda _, event: {
        "state": EvidenceState.PREVIEW_PENDING.value,
        "preview_since": micros(event.data["since"]),
        "has_agreed": False,
    },
    "case.evidence_answered": lambda _, __: {"state": EvidenceState.ANSWERED.value},
    "case.evidence_review_asked": lambda _, event: {
        "under_review": True,
        "preview_since": micros(event.data["since"]),
    },
    "case.evidence_ended": lambda _, event: {"state": event.data["end"], "under_review": False},
    "case.evidence_accepted": _accepted,
    "case.evidence_objected": lambda _, __: {"under_review": False},
}
_DISPUTED, _DISPUTE_SENT = "case.evidence_disputed", "case.evidence_dispute_sent"
_ENDING: Final = stage_machine.ENDING | {"case.granted_by_silence"}
"""After these nobody waits for evidence any more, unless the case is reopened."""
_TOPICS: Final = frozenset({*_CHANGES, _DISPUTED, _DISPUTE_SENT, *_ENDING, *stage_machine.RESUMING})


def needs(batch: Batch) -> Needs:
    """Ask for the cases whose evidence changes, and for those that end."""
    return {"cases": batch.earlier_cases_of(_TOPICS)}


def fold(rows: Rows, event: Recorded) -> None:
    """Fold the event into its case's row, if the case has asked for evidence."""
    if event.topic not in _TOPICS:
        return
    cases = rows.keyed["cases"]
    known = cases.get(event.stream)
    if known is None:
        if event.topic not in _CHANGES and event.topic != _DISPUTED:
            return  # it has asked for none
        known = {"case_id": event.stream, "requests": "{}", "disputes": "[]", "to_make": 0, "due_at": None, "ended": 0}
    cases.put(event.stream, _changed(known, event))


def _changed(known: Row, event: Recorded) -> Row:
    requests: dict[str, Request] = orjson.loads(known["requests"])
    disputes: list[str] = orjson.loads(known["disputes"])
    ended = known["ended"]
    if (change := _CHANGES.get(event.topic)) is not None:
        name = event.data["request_id"]
        request = requests.get(name, {})
        requests[name] = {**request, **change(request, event)}
    elif event.topic == _DISPUTED:
        disputes = [*disputes, event.data["dispute_id"]]
    elif event.topic == _DISPUTE_SENT:
        disputes = [each for each in disputes if each != event.data["dispute_id"]]
    else:
        ended = int(event.topic in _ENDING)
    return {
        **known,
        "requests": orjson.dumps(requests, option=orjson.OPT_SORT_KEYS).decode(),
        "disputes": orjson.dumps(disputes).decode(),
        "to_make": (0 if ended else sum(map(is_to_be_made, requests.values()))) + len(disputes),
        "due_at": None if ended else min(filter(None, map(_due_at, requests.values())), default=None),
        "ended": ended,
    }


def is_to_be_made(request: Request) -> bool:
    """Return whether a message must be made of the request: the first one, or the one after a preview."""
    if request["state"] == EvidenceState.PREVIEW_PENDING.value:
        return bool(request["has_agreed"])
    return bool(request["state"] == EvidenceState.PREPARED.value)


def _due_at(request: Request) -> int | None:
    """Return when the request's clock runs out, as the domain counts; None when none runs."""
    terms = Terms(
        timedelta(seconds=request["acknowledged_within"]),
        timedelta(seconds=request["answered_within"]),
        timedelta(seconds=request["previewed_within"]),
        instant_at(request["expires_at"]),
    )
    if request["under_review"]:
        return micros_at(later(instant_at(request["preview_since"]), terms.previewed_within))
    available, preview = request["available_at"], request["preview_since"]
    progress = Progress(
        EvidenceState(request["state"]),
        instant_at(request["owed_since"]),
        None if available is None else instant_at(available),
        None if preview is None else instant_at(preview),
    )
    running = due(progress, terms)
    return None if running is None else micros_at(running.at)


VIEW = View("evidence_requests", (_CASES,), needs, fold)
