"""One event of every topic about evidence, with every field filled."""

from datetime import date, timedelta
from uuid import UUID

from domain.case.evidence_events import (
    IN_THE_SEAL,
    ApplicantAwaited,
    EvidenceAccepted,
    EvidenceAcknowledged,
    EvidenceAnswered,
    EvidenceAskedOfApplicant,
    EvidenceAwaited,
    EvidenceDeferred,
    EvidenceDisputeAnswered,
    EvidenceDisputed,
    EvidenceDisputeSent,
    EvidenceEnded,
    EvidenceObjected,
    EvidencePreviewAsked,
    EvidenceRemarked,
    EvidenceRequested,
    EvidenceReviewAsked,
    EvidenceSent,
    EvidenceSettled,
    EvidenceSupplied,
)
from domain.event import Event
from domain.evidence.errors import ErrorCode
from domain.evidence.faults import Fault
from domain.evidence.progress import EvidenceState, Remark
from domain.evidence.values import EvidenceDocument, SourceEntry
from tests.domain.town import AT, TODAY

REQUEST_ID = UUID("019abcde-f012-7345-8678-000000000001")
DISPUTE_ID = UUID("019abcde-f012-7345-8678-000000000002")
CONVERSATION_ID = UUID("11111111-1111-4111-8111-111111111111")
RESPONSE_ID = UUID("22222222-2222-4222-8222-222222222222")
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

EVIDENCE_EXAMPLES: tuple[Event, ...] = (
    EvidenceRequested(
        request_id=REQUEST_ID,
        conversation_id=CONVERSATION_ID,
        resource="population-register",
        elements=("person.birth_date",),
        as_of=TODAY,
        preview="possible",
        acknowledged_within=60,
        answered_within=86_400,
        previewed_within=1_209_600,
        since=AT,
        expires_at=AT + timedelta(days=90),
        register_version=7,
    ),
    EvidenceSent(request_id=REQUEST_ID, request_hash=HASH, since=AT),
    EvidenceAcknowledged(request_id=REQUEST_ID),
    EvidenceDeferred(request_id=REQUEST_ID, available_at=AT + timedelta(days=2)),
    EvidencePreviewAsked(
        local_date=TODAY, request_id=REQUEST_ID, since=AT, location="https://population.example/preview/1"
    ),
    EvidenceAnswered(
        local_date=TODAY,
        request_id=REQUEST_ID,
        resource="population-register",
        response_id=RESPONSE_ID,
        answered=("person.birth_date",),
        is_document=True,
        document=None,
        as_of=TODAY,
        source_version=IN_THE_SEAL,
        valid_from=None,
        valid_to=None,
        answer_hash=HASH,
        source_entry=SourceEntry(
            source_version="12",
            valid_from=date(1990, 2, 28),
            valid_to=date(2090, 2, 28),
            document=EvidenceDocument(sha256=HASH, size=1_000, media_type="application/pdf"),
        ),
        sealed_answers={"person.birth_date": "1990-02-28"},
        signed_answer="e30.e30.c2ln",
    ),
    EvidenceReviewAsked(local_date=TODAY, request_id=REQUEST_ID, since=AT),
    EvidenceEnded(
        local_date=TODAY,
        request_id=REQUEST_ID,
        resource="population-register",
        end=EvidenceState.FAILED,
        code=ErrorCode.QUERY_FAILED,
        fault=Fault.WRONG_TYPE,
        against_resource=True,
    ),
    EvidenceRemarked(request_id=REQUEST_ID, remark=Remark.UNACCEPTABLE, fault=Fault.OTHER_SIGNER),
    EvidenceAccepted(local_date=TODAY, request_id=REQUEST_ID, since=AT),
    EvidenceObjected(local_date=TODAY, request_id=REQUEST_ID, reason="That is not me."),
    EvidenceDisputed(
        request_id=REQUEST_ID,
        dispute_id=DISPUTE_ID,
        resource="population-register",
        elements=("person.birth_date",),
        statement="I was born a day later.",
    ),
    EvidenceDisputeSent(dispute_id=DISPUTE_ID, dispute_hash=HASH),
    EvidenceDisputeAnswered(dispute_id=DISPUTE_ID, outcome="corrected", source_version=None, corrected_version="13"),
    EvidenceAskedOfApplicant(
        local_date=TODAY,
        resource="population-register",
        elements=("person.birth_date",),
        why=EvidenceState.TIMED_OUT,
        is_exception=True,
    ),
    EvidenceSupplied(
        local_date=TODAY, supplied=("person.birth_date",), sealed_answers={"person.birth_date": "1990-02-28"}
    ),
    EvidenceAwaited(local_date=TODAY),
    ApplicantAwaited(local_date=TODAY),
    EvidenceSettled(local_date=TODAY),
)
