"""A case as its events made it. It holds nothing sealed: decisions need open parts only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from domain.case.events import (
    ApplicantAnswered,
    ApplicantAsked,
    CaseAssigned,
    CaseClosed,
    CaseDecided,
    CaseReopened,
    CaseSubmitted,
    CaseWithdrawn,
    Outcome,
    StepRecorded,
    SubjectErased,
)
from domain.case.stage import Stage
from domain.event import Event
from domain.values import Term


@dataclass(frozen=True, slots=True)
class CaseState:
    """What decisions need to know of a case."""

    stage: Stage
    reference: str
    service: str
    service_version: int
    agency: str
    desk: str
    term: Term | None
    time_zone: str
    applicant: str
    channel: str
    language: str
    deadline: datetime | None
    official: str | None = None
    step: str | None = None
    questions: int = 0
    asked_elements: tuple[str, ...] = ()
    outcome: Outcome | None = None
    people: frozenset[str] = frozenset()
    erased: frozenset[str] = frozenset()


def evolve(state: CaseState | None, event: Event) -> CaseState:
    """Return the state after the event.

    Raises:
        TypeError: the event is not a case's, or comes before the submission or as a second one.
    """
    if state is None:
        if isinstance(event, CaseSubmitted):
            return _submitted(event)
    elif change := _CHANGES.get(type(event)):
        return change(state, event)
    raise TypeError(f"{type(event).__name__} does not belong here in a case's stream")


def _submitted(event: CaseSubmitted) -> CaseState:
    return CaseState(
        stage=Stage.SUBMITTED,
        reference=event.reference,
        service=event.service,
        service_version=event.service_version,
        agency=event.agency,
        desk=event.desk,
        term=event.term,
        time_zone=event.time_zone,
        applicant=event.applicant,
        channel=event.channel,
        language=event.language,
        deadline=event.deadline,
        people=frozenset({event.applicant}),
    )


def _assigned(state: CaseState, event: CaseAssigned) -> CaseState:
    stage = Stage.IN_PROGRESS if state.stage is Stage.SUBMITTED else state.stage
    people = state.people | {event.official}
    return replace(state, stage=stage, desk=event.desk, official=event.official, people=people)


def _asked(state: CaseState, event: ApplicantAsked) -> CaseState:
    return replace(state, stage=Stage.AWAITING_APPLICANT, questions=event.number, asked_elements=event.elements)


def _decided(state: CaseState, event: CaseDecided) -> CaseState:
    return replace(state, stage=Stage.DECIDED, outcome=event.outcome)


def _reopened(state: CaseState, _event: CaseReopened) -> CaseState:
    return replace(state, stage=Stage.IN_PROGRESS, outcome=None)


_CHANGES: Mapping[type[Event], Callable[[CaseState, Any], CaseState]] = {
    CaseAssigned: _assigned,
    StepRecorded: lambda state, event: replace(state, step=event.step),
    ApplicantAsked: _asked,
    ApplicantAnswered: lambda state, _: replace(state, stage=Stage.IN_PROGRESS),
    CaseDecided: _decided,
    CaseClosed: lambda state, _: replace(state, stage=Stage.CLOSED),
    CaseWithdrawn: lambda state, _: replace(state, stage=Stage.WITHDRAWN),
    CaseReopened: _reopened,
    SubjectErased: lambda state, event: replace(state, erased=state.erased | {event.pseudonym}),
}
