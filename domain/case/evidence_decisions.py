"""Decides the commands about the evidence of a case, and what follows from each before its case may go on."""

from typing import assert_never

from domain.case import evidence_rules as rules
from domain.case.evidence_commands import (
    AcceptEvidence,
    DisputeEvidence,
    EvidenceCommand,
    HearAboutDispute,
    HearResource,
    ObjectToEvidence,
    RecordDisputeSent,
    RecordEvidenceSent,
    RunOutEvidence,
    SupplyElements,
)
from domain.case.evidence_events import (
    EvidenceAccepted,
    EvidenceDisputed,
    EvidenceDisputeSent,
    EvidenceObjected,
    EvidenceSent,
    EvidenceSupplied,
)
from domain.case.evidence_following import asked_instead, ended, with_what_follows
from domain.case.evidence_hearing import heard, heard_about_dispute, ran_out_of_time
from domain.case.evidence_ids import dispute_id_of
from domain.case.state import CaseState
from domain.event import Event
from domain.evidence.progress import EvidenceState, Happening


def decide_evidence(command: EvidenceCommand, case: CaseState) -> tuple[Event, ...]:  # noqa: PLR0911 - a table of the commands
    """Return the events that the command leads to; none when nothing would change.

    Raises:
        Refusal: the rule that forbids it.
    """
    match command:
        case RecordEvidenceSent():
            return _sent(command, case)
        case HearResource():
            return heard(command, case)
        case RunOutEvidence():
            return ran_out_of_time(command, case)
        case AcceptEvidence():
            return _accepted(command, case)
        case ObjectToEvidence():
            return _objected(command, case)
        case DisputeEvidence():
            return _disputed(command, case)
        case RecordDisputeSent():
            return _dispute_sent(command, case)
        case HearAboutDispute():
            return heard_about_dispute(command, case)
        case SupplyElements():
            return _supplied(command, case)
        case _:
            assert_never(command)


def _sent(command: RecordEvidenceSent, case: CaseState) -> tuple[Event, ...]:
    rules.by_the_window(command)
    request = rules.known_request(command.request_id, case)
    rules.case_still_waits(case)
    if request.progress.state is not EvidenceState.PREPARED and not request.has_agreed_and_waits:
        return ()
    rules.sent_in_time(command, request)
    return (EvidenceSent(request_id=command.request_id, request_hash=command.request_hash, since=command.at),)


def _accepted(command: AcceptEvidence, case: CaseState) -> tuple[Event, ...]:
    rules.by_the_applicant(command, case)
    rules.case_still_waits(case)
    request = rules.known_request(command.request_id, case)
    rules.applicant_is_asked_to_look(request)
    today = command.local_date
    accepted = EvidenceAccepted(local_date=today, request_id=command.request_id, since=command.at)
    return with_what_follows((accepted,), case, today)


def _objected(command: ObjectToEvidence, case: CaseState) -> tuple[Event, ...]:
    rules.by_the_applicant(command, case)
    rules.case_still_waits(case)
    request = rules.known_request(command.request_id, case)
    rules.reason_can_be_sealed(command.reason, case)
    rules.objection_is_in_time(request)
    today, request_id = command.local_date, command.request_id
    asked = asked_instead(request, case, command.service, today, EvidenceState.PREVIEW_REJECTED)
    objected = EvidenceObjected(local_date=today, request_id=request_id, reason=command.reason)
    if request.progress.state is not EvidenceState.PREVIEW_PENDING:
        return with_what_follows((objected, *asked), case, today)
    end = ended(request_id, request, today, Happening.PREVIEW_REJECTED)
    return with_what_follows((objected, end, *asked), case, today)


def _disputed(command: DisputeEvidence, case: CaseState) -> tuple[Event, ...]:
    rules.by_the_applicant(command, case)
    request = rules.known_request(command.request_id, case)
    rules.disputed_elements_were_answered(command, request)
    rules.not_in_dispute(command, case)
    rules.statement_can_be_sealed(command, case)
    number = len(case.evidence.disputes) + 1
    return (
        EvidenceDisputed(
            request_id=command.request_id,
            dispute_id=dispute_id_of(command.case_id, number, command.at),
            resource=request.resource,
            elements=tuple(dict.fromkeys(command.elements)),
            statement=command.statement,
        ),
    )


def _dispute_sent(command: RecordDisputeSent, case: CaseState) -> tuple[Event, ...]:
    rules.by_the_window(command)
    if rules.known_dispute(command.dispute_id, case).hash is not None:
        return ()
    return (EvidenceDisputeSent(dispute_id=command.dispute_id, dispute_hash=command.dispute_hash),)


def _supplied(command: SupplyElements, case: CaseState) -> tuple[Event, ...]:
    rules.by_the_applicant(command, case)
    rules.case_still_waits(case)
    rules.answers_are_what_is_missing(command, case)
    supplied = EvidenceSupplied(
        local_date=command.local_date, supplied=tuple(sorted(command.answers)), sealed_answers=dict(command.answers)
    )
    return with_what_follows((supplied,), case, command.local_date)
