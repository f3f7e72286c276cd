"""What of a case's evidence must be known to count its next event, and what each event counts."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Self, TypeAlias

import orjson

from domain.evidence.progress import SETTLED, EvidenceState
from projections.instants import micros
from projections.once_only import measures
from projections.once_only.counting import Counting
from projections.recorded import Recorded
from projections.tables import Row

Request: TypeAlias = dict[str, Any]
_SETTLED: Final = frozenset(state.value for state in SETTLED)
_OWED_ANEW: Final = frozenset({EvidenceState.PREPARED.value, EvidenceState.PREVIEW_PENDING.value})
_MILLION: Final = 1_000_000


class CaseEvidence:
    """The requests of a case, its disputes, and whether it has ended, as its row holds them."""

    def __init__(self, requests: dict[str, Request], disputes: dict[str, list[Any]], *, ended: bool) -> None:
        self.requests, self.disputes, self.ended = requests, disputes, ended

    @classmethod
    def of(cls, row: Row) -> Self:
        """Return what the row holds."""
        return cls(orjson.loads(row["requests"]), orjson.loads(row["disputes"]), ended=bool(row["ended"]))

    def in_row(self, row: Row) -> Row:
        """Return the row with this in it."""
        requests = orjson.dumps(self.requests, option=orjson.OPT_SORT_KEYS).decode()
        disputes = orjson.dumps(self.disputes, option=orjson.OPT_SORT_KEYS).decode()
        return {**row, "requests": requests, "disputes": disputes, "ended": int(self.ended)}

    def request(self, event: Recorded) -> Request:
        """Return the request that the event is about."""
        return self.requests[event.data["request_id"]]

    def open_requests(self) -> Iterator[Request]:
        """Return the requests that are not settled."""
        return (request for request in self.requests.values() if request["state"] not in _SETTLED)


def _requested(evidence: CaseEvidence, event: Recorded, counting: Counting) -> None:
    data = event.data
    evidence.requests[data["request_id"]] = {
        "resource": data["resource"],
        "elements": len(data["elements"]),
        "since": micros(data["since"]),
        "within": data["answered_within"],
        "state": EvidenceState.PREPARED.value,
        "answered": 0,
    }
    counting.count(data["resource"], measures.REQUESTED)
    counting.count(data["resource"], measures.LEVEL, str(data["answered_within"]))


def _sent(evidence: CaseEvidence, event: Recorded, _: Counting) -> None:
    request = evidence.request(event)
    if request["state"] in _OWED_ANEW:
        request["since"] = micros(event.data["since"])
    request["state"] = EvidenceState.SENT.value


def _preview_asked(evidence: CaseEvidence, event: Recorded, _: Counting) -> None:
    evidence.request(event)["state"] = EvidenceState.PREVIEW_PENDING.value


def _accepted(evidence: CaseEvidence, event: Recorded, _: Counting) -> None:
    """The time until now was the applicant's: the resource owes an answer anew."""
    request = evidence.request(event)
    if request["state"] == EvidenceState.PREVIEW_PENDING.value:
        request["since"] = event.occurred_micros


def _answered(evidence: CaseEvidence, event: Recorded, counting: Counting) -> None:
    request, data = evidence.request(event), event.data
    took = max(0, event.occurred_micros - request["since"])
    in_time = took <= request["within"] * _MILLION
    # A document stands for all that was asked.
    answered = request["elements"] if data["is_document"] else len(data["answered"])
    resource = request["resource"]
    counting.count(resource, measures.ANSWERED, measures.IN_TIME if in_time else measures.LATE)
    counting.count(resource, measures.SECONDS, str(measures.rounded_up(-(-took // _MILLION))))
    counting.count(resource, measures.ELEMENTS, amount=answered)
    request |= {"state": EvidenceState.ANSWERED.value, "answered": answered}


def _objected(evidence: CaseEvidence, event: Recorded, counting: Counting) -> None:
    """Take back what was answered; a preview that is rejected ends its request, which is another event."""
    request = evidence.request(event)
    if request["state"] == EvidenceState.ANSWERED.value:
        counting.count(request["resource"], measures.OBJECTED)
        counting.count(request["resource"], measures.ELEMENTS, amount=-request["answered"])
        request["answered"] = 0


def _ended(evidence: CaseEvidence, event: Recorded, counting: Counting) -> None:
    request, end = evidence.request(event), event.data["end"]
    is_ours = end == EvidenceState.FAILED.value and not event.data["against_resource"]
    counting.count(request["resource"], measures.ENDED, measures.FAILED_AT_WINDOW if is_ours else end)
    request["state"] = end


def _remarked(evidence: CaseEvidence, event: Recorded, counting: Counting) -> None:
    counting.count(evidence.request(event)["resource"], measures.REMARKED, event.data["remark"])


def _asked(_: CaseEvidence, event: Recorded, counting: Counting) -> None:
    data = event.data
    kind = measures.EXCEPTION if data["is_exception"] else measures.ASKED
    counting.count(data["resource"], kind, data["why"])
    counting.count(data["resource"], measures.ELEMENTS_ASKED, kind, len(data["elements"]))


def _disputed(evidence: CaseEvidence, event: Recorded, counting: Counting) -> None:
    evidence.disputes[event.data["dispute_id"]] = [event.data["resource"], None]
    counting.count(event.data["resource"], measures.DISPUTED)


def _dispute_answered(evidence: CaseEvidence, event: Recorded, counting: Counting) -> None:
    dispute = evidence.disputes[event.data["dispute_id"]]
    resource, before = dispute
    if before is not None:
        counting.count(resource, measures.OUTCOME, before, -1)
    counting.count(resource, measures.OUTCOME, event.data["outcome"])
    dispute[1] = event.data["outcome"]


CHANGES: Final[Mapping[str, Callable[[CaseEvidence, Recorded, Counting], None]]] = {
    "case.evidence_requested": _requested,
    "case.evidence_sent": _sent,
    "case.evidence_preview_asked": _preview_asked,
    "case.evidence_accepted": _accepted,
    "case.evidence_answered": _answered,
    "case.evidence_objected": _objected,
    "case.evidence_ended": _ended,
    "case.evidence_remarked": _remarked,
    "case.evidence_asked_of_applicant": _asked,
    "case.evidence_disputed": _disputed,
    "case.evidence_dispute_answered": _dispute_answered,
}
"""The events about the evidence of a case, and what each changes and counts."""
