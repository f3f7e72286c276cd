"""What once only comes to, told case by case from the events: no sums are kept and nothing is taken back."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Final, NamedTuple
from uuid import UUID

from domain.case.events import CaseSubmitted
from domain.case.evidence_events import (
    EvidenceAccepted,
    EvidenceAnswered,
    EvidenceAskedOfApplicant,
    EvidenceDisputed,
    EvidenceEnded,
    EvidenceRemarked,
    EvidenceRequested,
    EvidenceSent,
)
from domain.case.evidence_state import RequestState
from domain.case.state import CaseState, evolve
from domain.evidence.progress import EvidenceState
from domain.register.evolving import evolve as evolve_register
from domain.register.state import RegisterState
from domain.service.events import ServiceDrafted
from tests.projections.lived import Told

SMALL: Final = 5
_OTHERWISE: Final = {"NotFound", "Refused", "PreviewRejected"}
_MILLION: Final = 1_000_000


class Part(NamedTuple):
    """What counts are divided by."""

    month: str
    resource: str
    service: str
    agency: str


class Asked(NamedTuple):
    """A request for evidence: its fate, and what is known of its answer."""

    part: Part
    fate: str
    level: int
    seconds: int | None
    elements: int
    objected: bool


@dataclass
class Known:
    """Everything that is known at a position, each thing with its part."""

    requests: list[Asked] = field(default_factory=list)
    held: list[tuple[Part, int]] = field(default_factory=list)
    questions: list[tuple[Part, EvidenceAskedOfApplicant]] = field(default_factory=list)
    remarks: list[tuple[Part, str]] = field(default_factory=list)
    disputes: list[tuple[Part, str | None]] = field(default_factory=list)

    def parts(self) -> set[Part]:
        """Return every part of which anything is known."""
        return {each[0] for some in vars(self).values() for each in some}

    def of(self, parts: set[Part]) -> "Known":
        """Return what is known of these parts."""
        return Known(**{name: [each for each in some if each[0] in parts] for name, some in vars(self).items()})


def known(told: Sequence[Told], position: int) -> Known:
    """Return what the events up to a position tell."""
    found = Known()
    streams: dict[UUID, list[Told]] = {}
    asks: dict[tuple[str, int], set[str]] = {}
    register = RegisterState()
    for each in told:
        event = each.event
        if each.decoded.position > position:
            break
        if each.entry.topic.startswith("register."):
            register = evolve_register(register, event)
        elif isinstance(event, ServiceDrafted):
            asks[event.definition.slug, event.version] = {one.element for one in event.definition.questions}
        elif each.entry.topic.startswith("case."):
            streams.setdefault(each.entry.stream, []).append(each)
            if isinstance(event, CaseSubmitted) and each.decoded.origin == "live":
                answered = register.answered(asks[event.service, event.service_version])
                found.held += [(_part(event, slug), many) for slug, many in Counter(answered.values()).items()]
    for case in streams.values():
        _add_case(found, case)
    return found


def _part(submitted: CaseSubmitted, resource: str) -> Part:
    return Part(f"{submitted.term_began:%Y-%m}", resource, submitted.service, submitted.agency)


def _add_case(found: Known, case: Sequence[Told]) -> None:
    submitted, state = case[0].event, _state(case)
    assert isinstance(submitted, CaseSubmitted)
    took = durations(case)
    requests = state.evidence.requests
    for event in (told.event for told in case):
        if isinstance(event, EvidenceAskedOfApplicant):
            found.questions.append((_part(submitted, event.resource), event))
        elif isinstance(event, EvidenceRemarked):
            found.remarks.append((_part(submitted, requests[event.request_id].resource), str(event.remark)))
        elif isinstance(event, EvidenceDisputed):
            outcome = state.evidence.disputes[event.dispute_id].outcome
            found.disputes.append((_part(submitted, event.resource), outcome))
    for request_id, request in requests.items():
        answer = next((each for each in _of(case, EvidenceAnswered) if each.request_id == request_id), None)
        found.requests.append(
            Asked(
                _part(submitted, request.resource),
                _fate(case, state, request_id, took),
                _level(request),
                ceil(took[request_id] / _MILLION) if answer else None,
                len(answer.answered or request.elements) if answer else 0,
                answer is not None and request.objected,
            )
        )


def _state(case: Sequence[Told]) -> CaseState:
    state: CaseState | None = None
    for told in case:
        state = evolve(state, told.event)
    assert state is not None
    return state


def _of(case: Sequence[Told], kind: type[Any]) -> list[Any]:
    return [told.event for told in case if isinstance(told.event, kind)]


def _level(request: RequestState) -> int:
    return int(request.terms.answered_within.total_seconds())


def durations(case: Sequence[Told]) -> dict[UUID, int]:
    """Return how many microseconds each answer took since the resource owed it."""
    since: dict[UUID, int] = {}
    took: dict[UUID, int] = {}
    for number, told in enumerate(case):
        event, at = told.event, told.decoded.occurred_micros
        if isinstance(event, EvidenceRequested):
            since[event.request_id] = at
        elif isinstance(event, EvidenceSent | EvidenceAccepted):
            was = _state(case[:number]).evidence.requests[event.request_id].progress.state
            is_first = isinstance(event, EvidenceSent) and was is EvidenceState.PREPARED
            if is_first or was is EvidenceState.PREVIEW_PENDING:
                since[event.request_id] = at
        elif isinstance(event, EvidenceAnswered):
            took[event.request_id] = max(0, at - since[event.request_id])
    return took


def _fate(case: Sequence[Told], state: CaseState, request_id: UUID, took: Mapping[UUID, int]) -> str:
    request = state.evidence.requests[request_id]
    fate = str(request.progress.state)
    if fate == "Answered":
        return "in time" if took[request_id] <= _level(request) * _MILLION else "late"
    if fate == "Failed":
        [ended] = [each for each in _of(case, EvidenceEnded) if each.request_id == request_id]
        return "Failed" if ended.against_resource else "FailedAtWindow"
    if fate in {*_OTHERWISE, "TimedOut"}:
        return fate
    return "abandoned" if state.has_ended else "open"


def expected(everything: Known, per: str, only: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Return the counts by `per` of the parts that are asked for, as the API answers them."""
    wanted = [part for part in everything.parts() if all(getattr(part, name) == only[name] for name in only)]
    for name in sorted({getattr(part, per) for part in wanted}):
        yield {"name": name, **_counts(everything.of({part for part in wanted if getattr(part, per) == name}))}


def _counts(of: Known) -> dict[str, Any]:
    fates = Counter(each.fate for each in of.requests)
    exceptions = Counter(str(each.why) for _, each in of.questions if each.is_exception)
    remarks = Counter(remark for _, remark in of.remarks)
    return {
        "documentsNotAskedFor": sum(each.elements for each in of.requests if not each.objected),
        "askedThoughHeld": {"questions": sum(many for _, many in of.held), "cases": len(of.held)},
        "requests": {
            "made": len(of.requests),
            "answeredInTime": fates["in time"],
            "answeredLate": fates["late"],
            "timedOut": fates["TimedOut"],
            "failed": fates["Failed"],
            "failedAtWindow": fates["FailedAtWindow"],
            "endedOtherwise": sum(fates[fate] for fate in _OTHERWISE),
            "abandoned": fates["abandoned"],
            "open": fates["open"],
        },
        "exceptions": {
            "asked": exceptions.total(),
            "elements": sum(len(each.elements) for _, each in of.questions if each.is_exception),
            "timedOut": exceptions["TimedOut"],
            "failed": exceptions["Failed"],
            "notIntegrated": exceptions["NotIntegrated"],
        },
        "answerTimes": _times(of),
        "remarks": {
            "late": remarks["Late"],
            "duplicate": remarks["Duplicate"],
            "unacceptable": remarks["Unacceptable"],
        },
        "aboutApplicants": _about_applicants(of, fates),
    }


def _times(of: Known) -> dict[str, Any]:
    seconds = sorted(each.seconds for each in of.requests if each.seconds is not None)
    levels = sorted({each.level for each in of.requests})
    if len(seconds) < SMALL:
        why = "too few cases" if seconds else "nothing to measure"
        return {"p50Seconds": None, "p95Seconds": None, "why": why, "serviceLevels": levels}
    p50, p95 = (_two_digits(seconds[ceil(len(seconds) * percent / 100) - 1]) for percent in (50, 95))
    return {"p50Seconds": p50, "p95Seconds": p95, "why": None, "serviceLevels": levels}


def _two_digits(number: int) -> int:
    return next(each for each in range(number, 10 * number + 1) if not str(each)[2:].strip("0"))


def _about_applicants(of: Known, fates: Counter[str]) -> dict[str, Any]:
    asked = Counter(str(each.why) for _, each in of.questions if not each.is_exception)
    outcomes = Counter(outcome for _, outcome in of.disputes)
    counts = {
        "notFound": fates["NotFound"],
        "refused": fates["Refused"],
        "previewRejected": fates["PreviewRejected"],
        "objected": sum(each.objected for each in of.requests),
        "askedNotFound": asked["NotFound"],
        "askedRefused": asked["Refused"],
        "askedPreviewRejected": asked["PreviewRejected"],
        "askedFailedAtWindow": asked["Failed"],
        "askedNotGranted": asked["NotGranted"],
        "askedNotInAnswer": asked["NotInAnswer"],
        "elementsAsked": sum(len(each.elements) for _, each in of.questions if not each.is_exception),
        "disputed": len(of.disputes),
        "disputesCorrected": outcomes["corrected"],
        "disputesConfirmed": outcomes["confirmed"],
        "disputesRefused": outcomes["refused"],
        "disputesOpen": outcomes[None] + outcomes["examining"],
    }
    of_parts = Counter(each.part for each in of.requests)
    hidden = sum(many for many in of_parts.values() if many < SMALL)
    if 0 < len(of.requests) < SMALL or 0 < hidden < SMALL:
        return {"why": "too few cases", **dict.fromkeys(counts)}
    return {"why": None, **counts}
