"""When a clock of a request for evidence has run out, the case must not wait any longer: the clock says so."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from domain.case.deadlines import local_date
from domain.case.evidence_commands import RunOutEvidence
from domain.case.evidence_state import RequestState
from domain.case.state import CaseState
from domain.envelope import CLOCK
from domain.evidence.clocks import later, ran_out
from domain.service.definition import ServiceDefinition
from domain.stream_kinds import CASE
from reactions.reaction import TimeReaction, Wanted


def due(case_id: UUID, case: CaseState, service: ServiceDefinition, now: datetime) -> Sequence[Wanted]:
    """Return a command for each request whose clock has run out; its cause is the submission, which asked for it."""
    if case.has_ended:
        return ()
    today = local_date(now, case.time_zone)
    return [
        Wanted(
            CASE,
            case_id,
            RunOutEvidence(at=now, local_date=today, actor=CLOCK, service=service, request_id=request_id),
            f"{case_id}:1",
            about=f"{request_id}/{request.progress.state}",
        )
        for request_id, request in case.evidence.requests.items()
        if _has_run_out(request, now)
    ]


def _has_run_out(request: RequestState, now: datetime) -> bool:
    if request.under_review:
        return now > later(request.progress.preview_since or request.asked_at, request.terms.previewed_within)
    return ran_out(request.progress, request.terms, now) is not None


EVIDENCE: Final = TimeReaction("evidence-out-of-time", CASE, due)
