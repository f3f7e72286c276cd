"""The state of a case after its events. It has open data only, because decisions need no other."""

from datetime import date
from typing import NamedTuple

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
    Outcome,
    StepRecorded,
    SubjectErased,
)
from domain.case.evidence_state import NO_EVIDENCE, EvidenceOfCase, evolve_evidence
from domain.case.stage import ENDED, Stage
from domain.case.stage_machine import stage_after
from domain.event import Event, UnknownEventError


class CaseState(NamedTuple):
    """A case: what its submission pinned, and its present state.

    `step` is the step that the next one must follow. A reopened case begins again, so it has none.
    """

    reference: str
    service: str
    service_version: int
    calendar_version: int
    agency: str
    desk: str
    time_zone: str
    applicant: str
    channel: str
    language: str
    term_began: date
    last_day: date | None
    stage: Stage
    official: str | None = None
    step: str | None = None
    questions: int = 0
    asked_elements: tuple[str, ...] = ()
    outcome: Outcome | None = None
    reopenings: int = 0
    marked_overdue_on: date | None = None
    erased: frozenset[str] = frozenset()
    evidence: EvidenceOfCase = NO_EVIDENCE

    @property
    def applicant_is_erased(self) -> bool:
        """Return whether the applicant's keys are destroyed, so that nothing can be sealed for them."""
        return self.applicant in self.erased

    @property
    def has_ended(self) -> bool:
        """Return whether the case has ended, unless an order reopens it."""
        return self.stage in ENDED


def evolve(state: CaseState | None, event: Event) -> CaseState:  # noqa: C901, PLR0911 - a table of the events
    """Return the case after one more event.

    Raises:
        UnknownEventError: the event does not belong here.
    """
    stage = stage_after(event, None if state is None else state.stage)
    if state is None:
        return _submitted(event, stage)
    # The commonest come first: each match on the type of a pydantic object costs time.
    match event:
        case StepRecorded():
            return state._replace(stage=stage, step=event.step)
        case CaseAssigned():
            return state._replace(stage=stage, desk=event.desk, official=event.official)
        case CaseDecided():
            return state._replace(stage=stage, outcome=event.outcome)
        case CaseClosed() | CaseWithdrawn():
            return state._replace(stage=stage)
        case ApplicantAsked():
            return state._replace(stage=stage, questions=event.number, asked_elements=event.elements)
        case ApplicantAnswered():
            return state._replace(stage=stage, asked_elements=())
        case CaseReopened():
            return state._replace(stage=stage, outcome=None, step=None, reopenings=state.reopenings + 1)
        case CaseBecameOverdue():
            return state._replace(stage=stage, marked_overdue_on=event.local_date)
        case SubjectErased():
            # If the official is erased, the case has none and goes back to its desk, in the same stage.
            official = None if state.official == event.pseudonym else state.official
            return state._replace(stage=stage, erased=state.erased | {event.pseudonym}, official=official)
        case _:
            return state._replace(stage=stage, evidence=evolve_evidence(state.evidence, event))


def _submitted(event: Event, stage: Stage) -> CaseState:
    if not isinstance(event, CaseSubmitted):
        raise UnknownEventError(event)
    return CaseState(
        reference=event.reference,
        service=event.service,
        service_version=event.service_version,
        calendar_version=event.calendar_version,
        agency=event.agency,
        desk=event.desk,
        time_zone=event.time_zone,
        applicant=event.applicant,
        channel=event.channel,
        language=event.language,
        term_began=event.term_began,
        last_day=event.last_day,
        stage=stage,
    )
