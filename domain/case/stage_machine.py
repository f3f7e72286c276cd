"""The only stage machine: the stage of a case after each event. The state and all views use it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from domain.case.assignment_events import ASSIGNMENT_EVENTS
from domain.case.clock_events import CLOCK_EVENTS, CaseLapsed, GrantedBySilence
from domain.case.events import (
    ApplicantAnswered,
    ApplicantAsked,
    CaseAssigned,
    CaseBecameOverdue,
    CaseClosed,
    CaseDecided,
    CaseReopened,
    CaseSubmitted,
    CaseWithdrawn,
    StepRecorded,
    SubjectErased,
)
from domain.case.evidence_events import (
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
from domain.case.message_events import MESSAGE_EVENTS
from domain.case.representation_events import REPRESENTATION_EVENTS
from domain.case.stage import ENDED, Stage
from domain.event import Event, UnknownEventError

_STAYS: Final[Mapping[Stage | None, Stage]] = {stage: stage for stage in Stage}


def _leads_to(stage: Stage) -> Mapping[Stage | None, Stage]:
    """Return a table in which every stage leads to this one; `decide` says which events a stage allows."""
    return dict.fromkeys(Stage, stage)


STAGE_AFTER: Final[Mapping[str, Mapping[Stage | None, Stage]]] = MappingProxyType(
    {
        CaseSubmitted.topic: {None: Stage.SUBMITTED},
        # An official who takes over a case finds it in its present stage.
        CaseAssigned.topic: {**_STAYS, Stage.SUBMITTED: Stage.IN_PROGRESS},
        StepRecorded.topic: _STAYS,
        ApplicantAsked.topic: _leads_to(Stage.AWAITING_APPLICANT),
        ApplicantAnswered.topic: _leads_to(Stage.IN_PROGRESS),
        CaseDecided.topic: _leads_to(Stage.DECIDED),
        CaseClosed.topic: _leads_to(Stage.CLOSED),
        CaseWithdrawn.topic: _leads_to(Stage.WITHDRAWN),
        CaseReopened.topic: _leads_to(Stage.IN_PROGRESS),
        CaseBecameOverdue.topic: _STAYS,
        **dict.fromkeys((kind.topic for kind in CLOCK_EVENTS), _STAYS),
        GrantedBySilence.topic: _leads_to(Stage.DECIDED),
        CaseLapsed.topic: _leads_to(Stage.CLOSED),
        SubjectErased.topic: _STAYS,
        EvidenceRequested.topic: _leads_to(Stage.AWAITING_EVIDENCE),
        EvidencePreviewAsked.topic: _leads_to(Stage.AWAITING_APPLICANT),
        EvidenceReviewAsked.topic: _leads_to(Stage.AWAITING_APPLICANT),
        EvidenceAccepted.topic: _leads_to(Stage.AWAITING_EVIDENCE),
        EvidenceObjected.topic: _leads_to(Stage.AWAITING_EVIDENCE),
        EvidenceAskedOfApplicant.topic: _leads_to(Stage.AWAITING_APPLICANT),
        EvidenceSupplied.topic: _leads_to(Stage.AWAITING_EVIDENCE),
        EvidenceAwaited.topic: _leads_to(Stage.AWAITING_EVIDENCE),
        ApplicantAwaited.topic: _leads_to(Stage.AWAITING_APPLICANT),
        EvidenceSettled.topic: _leads_to(Stage.SUBMITTED),
        **{kind.topic: _STAYS for kind in (*ASSIGNMENT_EVENTS, *MESSAGE_EVENTS, *REPRESENTATION_EVENTS)},
        **{
            kind.topic: _STAYS
            for kind in (
                EvidenceSent,
                EvidenceAcknowledged,
                EvidenceDeferred,
                EvidenceAnswered,
                EvidenceEnded,
                EvidenceRemarked,
                EvidenceDisputed,
                EvidenceDisputeSent,
                EvidenceDisputeAnswered,
            )
        },
    }
)
"""For each topic, the stage after it by the stage before it. Before its submission a case has no stage."""

MOVING: Final = frozenset(topic for topic, after in STAGE_AFTER.items() if after is not _STAYS)
"""The topics of the events that may change the stage."""

ENDING: Final = frozenset(topic for topic, after in STAGE_AFTER.items() if ENDED.issuperset(after.values()))
"""The topics of the events that end a case."""

SUSPENDING: Final = frozenset(
    kind.topic
    for kind in (
        ApplicantAsked,
        ApplicantAnswered,
        EvidenceRequested,
        EvidencePreviewAsked,
        EvidenceReviewAsked,
        EvidenceAccepted,
        EvidenceObjected,
        EvidenceAskedOfApplicant,
        EvidenceSupplied,
        EvidenceAwaited,
        ApplicantAwaited,
        EvidenceSettled,
    )
)
"""The topics of the events after which somebody may owe an answer, or somebody else, or nobody any more."""

RESUMING: Final = frozenset({CaseReopened.topic})
"""The topics of the events that reopen a case."""


def stage_after(event: Event, before: Stage | None) -> Stage:
    """Return the stage in which the event leaves its case.

    Raises:
        UnknownEventError: the event does not belong to a case, or not to a case with this stage before it.
    """
    try:
        return STAGE_AFTER[event.topic][before]
    except KeyError:
        raise UnknownEventError(event) from None
