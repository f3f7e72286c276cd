"""The one stage machine: the stage in which each event leaves its case. The state follows it, and every view does."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

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
from domain.case.stage import ENDED, Stage
from domain.event import Event, UnknownEventError

_STAYS: Final[Mapping[Stage | None, Stage]] = {stage: stage for stage in Stage}


def _leads_to(stage: Stage) -> Mapping[Stage | None, Stage]:
    """Return the stage for whatever stage the case was in: which events may happen where is what `decide` knows."""
    return dict.fromkeys(Stage, stage)


STAGE_AFTER: Final[Mapping[str, Mapping[Stage | None, Stage]]] = MappingProxyType(
    {
        CaseSubmitted.topic: {None: Stage.SUBMITTED},
        # Whoever takes a case over finds it where it stands.
        CaseAssigned.topic: {**_STAYS, Stage.SUBMITTED: Stage.IN_PROGRESS},
        StepRecorded.topic: _STAYS,
        ApplicantAsked.topic: _leads_to(Stage.AWAITING_APPLICANT),
        ApplicantAnswered.topic: _leads_to(Stage.IN_PROGRESS),
        CaseDecided.topic: _leads_to(Stage.DECIDED),
        CaseClosed.topic: _leads_to(Stage.CLOSED),
        CaseWithdrawn.topic: _leads_to(Stage.WITHDRAWN),
        CaseReopened.topic: _leads_to(Stage.IN_PROGRESS),
        CaseBecameOverdue.topic: _STAYS,
        SubjectErased.topic: _STAYS,
    }
)
"""Of each topic the stage after it, by the stage before it. Before its submission a case has none."""

MOVING: Final = frozenset(topic for topic, after in STAGE_AFTER.items() if after is not _STAYS)
"""The topics of the events that may change the stage."""

ENDING: Final = frozenset(topic for topic, after in STAGE_AFTER.items() if ENDED.issuperset(after.values()))
"""The topics of the events after which nothing more is to be done."""

RESUMING: Final = frozenset({CaseReopened.topic})
"""The topics of the events that open again what has ended."""


def stage_after(event: Event, before: Stage | None) -> Stage:
    """Return the stage in which the event leaves its case.

    Raises:
        UnknownEventError: the event does not happen to a case, or not to one that is submitted, or is not.
    """
    try:
        return STAGE_AFTER[event.topic][before]
    except KeyError:
        raise UnknownEventError(event) from None
