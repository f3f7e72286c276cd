"""The rules of evidence; each is a function whose name says what it demands."""

from datetime import datetime
from typing import Final
from uuid import UUID

from domain.case.answers import check_answers, field_of
from domain.case.evidence_commands import (
    AcceptEvidence,
    DisputeEvidence,
    HearAboutDispute,
    HeardAnswer,
    HearResource,
    ObjectToEvidence,
    RecordDisputeSent,
    RecordEvidenceSent,
    RunOutEvidence,
    SupplyElements,
)
from domain.case.evidence_events import EvidenceEnd
from domain.case.evidence_state import DisputeState, RequestState
from domain.case.refusals import (
    CaseAwaitsNoEvidence,
    ElementNotAsked,
    EvidenceClockRuns,
    EvidenceInDispute,
    EvidenceNotAnswered,
    EvidenceNotAsked,
    EvidenceNotToBeSeen,
    EvidenceTimeOver,
    NothingMissing,
    NotTheApplicant,
    NotTheClock,
    NotTheResource,
)
from domain.case.rules import can_be_sealed
from domain.case.state import CaseState
from domain.envelope import CLOCK
from domain.evidence.clocks import later, ran_out
from domain.evidence.errors import MEANINGS
from domain.evidence.progress import EvidenceState, Happening, Remark, outcome
from domain.service.refusals import NotTheWindow

SAID_BY_RESOURCES: Final = frozenset(
    {
        Happening.ACKNOWLEDGED,
        Happening.DEFERRED,
        Happening.ANSWERED,
        Happening.FAILED,
        Happening.UNACCEPTABLE,
        *(meaning.leads_to for meaning in MEANINGS.values()),
    }
)
"""What a resource's message can be; all else is said by the window, the applicant or the clock."""

_NO_LAST_WORD: Final = frozenset({Happening.ACKNOWLEDGED, Happening.DEFERRED, Happening.PREVIEW_ASKED})


def by_the_window(command: RecordEvidenceSent | RecordDisputeSent) -> None:
    """Only the window itself asks resources."""
    if command.actor.role != "window":
        raise NotTheWindow


def by_the_resource(command: HearResource | HearAboutDispute, resource: str) -> None:
    """Only the resource that was asked answers."""
    if command.actor.role != "resource" or command.actor.pseudonym != resource or command.origin != "resource":
        raise NotTheResource


def resource_can_say(command: HearResource) -> None:
    """A resource speaks for itself only: not for the window, the applicant or the clock."""
    if command.happening not in SAID_BY_RESOURCES:
        raise NotTheResource


def remark_on(command: HearResource, request: RequestState, case: CaseState) -> Remark | None:
    """Return what is remarked on a message that changes nothing; None when it changes something."""
    remark = outcome(request.progress.state, command.happening).remark
    if remark is not None:
        return remark
    if case.has_ended or case.is_granted_by_silence:
        return Remark.LATE  # nobody waits for anything any more
    # Messages come twice and in any order: what the first request led to may come after the second one was sent.
    is_overtaken = command.repeats and command.happening in _NO_LAST_WORD
    is_same_deferral = (
        command.happening is Happening.DEFERRED and request.progress.state is EvidenceState.DEFERRED
    ) and promised(command, request) == request.progress.available_at
    return Remark.DUPLICATE if is_overtaken or is_same_deferral else None


def by_the_clock(command: RunOutEvidence) -> None:
    """Only the clock says that time has run out."""
    if command.actor != CLOCK or command.origin != "clock":
        raise NotTheClock


def by_the_applicant(
    command: AcceptEvidence | ObjectToEvidence | DisputeEvidence | SupplyElements, case: CaseState
) -> None:
    """Only the applicant may do this, or who represents them in this case."""
    if not case.speaks_for_the_applicant(command.actor):
        raise NotTheApplicant


def known_request(request_id: UUID, case: CaseState) -> RequestState:
    """Return the request.

    Raises:
        EvidenceNotAsked: the case has none with this id.
    """
    request = case.evidence.requests.get(request_id)
    if request is None:
        raise EvidenceNotAsked
    return request


def known_dispute(dispute_id: UUID, case: CaseState) -> DisputeState:
    """Return the dispute.

    Raises:
        EvidenceNotAsked: the case has none with this id.
    """
    dispute = case.evidence.disputes.get(dispute_id)
    if dispute is None:
        raise EvidenceNotAsked
    return dispute


def known_answer(command: HearResource, request: RequestState) -> HeardAnswer:
    """Return what was answered: values of elements that were asked for, or a document.

    Raises:
        EvidenceNotAnswered: the command has no answer, or nothing in it.
        ElementNotAsked: with an element that was not asked for.
    """
    if command.answer is None or (not command.values and command.answer.source_entry.document is None):
        raise EvidenceNotAnswered
    if not_asked := command.values.keys() - set(request.elements):
        raise ElementNotAsked(field=field_of(min(not_asked)))
    return command.answer


def known_location(command: HearResource) -> str:
    """Return where the applicant can look.

    Raises:
        EvidenceNotAnswered: the resource does not say where.
    """
    if command.location is None:
        raise EvidenceNotAnswered
    return command.location


def sent_in_time(command: RecordEvidenceSent, request: RequestState) -> None:
    """A request whose time is over is not sent any more, or its resource would be blamed for the window's delay."""
    if ran_out(request.progress, request.terms, command.at) is not None:
        raise EvidenceTimeOver


def case_still_waits(case: CaseState) -> None:
    """Nothing is waited for in a case that has ended, has gone to its desk or was granted by silence."""
    if case.has_ended or case.is_granted_by_silence or case.evidence.is_settled:
        raise CaseAwaitsNoEvidence


def promised(command: HearResource, request: RequestState) -> datetime:
    """Return until when the resource defers its answer: not beyond the last moment for which anybody waits."""
    until = command.available_at or later(command.at, request.terms.answered_within)
    return min(until, request.terms.expires_at)


def end_of(state: EvidenceState) -> EvidenceEnd:
    """Return the state as an end without an answer.

    Raises:
        ValueError: it is none.
    """
    match state:
        case (
            EvidenceState.NOT_FOUND
            | EvidenceState.REFUSED
            | EvidenceState.PREVIEW_REJECTED
            | EvidenceState.TIMED_OUT
            | EvidenceState.FAILED
        ):
            return state
        case _:
            raise ValueError(f"{state} is no end without an answer")


def review_is_over(command: RunOutEvidence, request: RequestState) -> None:
    """The applicant has the whole term to look at what was answered."""
    since = request.progress.preview_since or request.asked_at
    if command.at <= later(since, request.terms.previewed_within):
        raise EvidenceClockRuns


def applicant_is_asked_to_look(request: RequestState) -> None:
    """The applicant agrees where somebody waits for that."""
    if not request.awaits_applicant:
        raise EvidenceNotToBeSeen


def objection_is_in_time(request: RequestState) -> None:
    """The applicant objects to a preview that is pending, or to what was answered, once."""
    is_answered = request.progress.state is EvidenceState.ANSWERED and not request.objected
    if not (request.awaits_applicant or (is_answered and request.preview != "none")):
        raise EvidenceNotToBeSeen


def disputed_elements_were_answered(command: DisputeEvidence, request: RequestState) -> None:
    """Only what a resource has answered can be wrong."""
    if request.progress.state is not EvidenceState.ANSWERED:
        raise EvidenceNotAnswered
    if not command.elements or not set(request.answered or request.elements).issuperset(command.elements):
        raise ElementNotAsked(field="elements")


def not_in_dispute(command: DisputeEvidence, case: CaseState) -> None:
    """What is in dispute is disputed again only after the resource's last word."""
    for dispute in case.evidence.disputes.values():
        is_same = dispute.request_id == command.request_id and not set(dispute.elements).isdisjoint(command.elements)
        if is_same and not dispute.is_over:
            raise EvidenceInDispute(field="elements")


def reason_can_be_sealed(reason: str | None, case: CaseState) -> None:
    """Words are stored only under the applicant's key."""
    if reason is not None:
        can_be_sealed(reason, "reason", case)


def statement_can_be_sealed(command: DisputeEvidence, case: CaseState) -> None:
    """A dispute says what is wrong, under the applicant's key."""
    can_be_sealed(command.statement, "statement", case)


def answers_are_what_is_missing(command: SupplyElements, case: CaseState) -> None:
    """The applicant gives all that is missing at once, each of its type."""
    if not case.evidence.missing:
        raise NothingMissing
    missing = [need for need in command.service.evidence if need.element in case.evidence.missing]
    check_answers(command.answers, {need.element: need.as_question(required=True) for need in missing})
