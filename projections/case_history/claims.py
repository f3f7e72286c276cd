"""What is confirmed about the applicant of a case, by whom and as of when, without its values.

This is what an official reads in place of a name: "confirmed by the population register, as of 30 November". The values
that a service shows to officials stand in the events themselves.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import orjson

from domain.case.deadlines import local_date
from domain.case.events import CaseSubmitted
from projections.case_history.types import HistoryRow
from projections.view_type import ViewType

_ABOUT_CLAIMS: Final = (b'"case.submitted"', b'"case.evidence_')
_UPHELD: Final = frozenset({"confirmed", "refused"})
"""What a resource says to a dispute that leaves its answer as it is."""


class Claim(ViewType):
    """That elements about the applicant are confirmed.

    Attributes:
        elements: which ones.
        confirmed_by: the resource; None when the applicant's login has shown them.
        as_of: the day for which they are confirmed (`YYYY-MM-DD`).
        disputed: those of them that the applicant disputes, unless the resource has upheld its answer.
    """

    elements: list[str]
    confirmed_by: str | None
    as_of: str
    disputed: list[str]


def claims_of(rows: Sequence[HistoryRow]) -> list[Claim]:
    """Return the claims of a case, from its timeline as of any position, in their order.

    What the applicant has objected to is none, nor what they still have to look at.
    """
    entries = [orjson.loads(row.entry) for row in rows if any(topic in row.entry for topic in _ABOUT_CLAIMS)]
    by_login = [_by_login(entry) for entry in entries if entry["type"] == CaseSubmitted.topic]
    asked = _by_id(entries, "case.evidence_requested", "request_id")
    answered = _by_id(entries, "case.evidence_answered", "request_id")
    unseen = _by_id(entries, "case.evidence_review_asked", "request_id").keys()
    seen = _by_id(entries, "case.evidence_accepted", "request_id").keys()
    objected = _by_id(entries, "case.evidence_objected", "request_id").keys()
    disputed = _disputed(entries)
    of_resources = [
        _by_resource(answer, asked[request_id]["elements"], disputed.get(request_id, set()))
        for request_id, answer in answered.items()
        if request_id not in objected and (request_id not in unseen or request_id in seen)
    ]
    return [claim for claim in (*by_login, *of_resources) if claim.elements]


def _by_id(entries: Sequence[dict[str, Any]], topic: str, name: str) -> dict[str, dict[str, Any]]:
    """Return id -> open data of the last such event about it, in the order of the first."""
    return {entry["data"][name]: entry["data"] for entry in entries if entry["type"] == topic}


def _by_login(entry: dict[str, Any]) -> Claim:
    data = entry["data"]
    day = local_date(datetime.fromisoformat(entry["occurredAt"]), data["time_zone"])
    return Claim(elements=data.get("proved", []), confirmed_by=None, as_of=day.isoformat(), disputed=[])


def _by_resource(answer: dict[str, Any], asked: list[str], disputed: set[str]) -> Claim:
    is_document = answer.get("is_document") or answer.get("document") is not None  # stands for all that was asked
    elements = asked if is_document else answer["answered"]
    among = [element for element in elements if element in disputed]
    return Claim(elements=elements, confirmed_by=answer["resource"], as_of=answer["as_of"], disputed=among)


def _disputed(entries: Sequence[dict[str, Any]]) -> dict[str, set[str]]:
    """Return request id -> the elements of its answer that are in dispute."""
    said = _by_id(entries, "case.evidence_dispute_answered", "dispute_id")
    found: dict[str, set[str]] = {}
    for dispute_id, dispute in _by_id(entries, "case.evidence_disputed", "dispute_id").items():
        if said.get(dispute_id, {}).get("outcome") not in _UPHELD:
            found.setdefault(dispute["request_id"], set()).update(dispute["elements"])
    return found
