"""What is known about a case after its events: open data only, because decisions need no other."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

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
from domain.event import Event, UnknownEventError
from domain.values import Term


class Stage(StrEnum):
    """The legal state that the cases of every service share."""

    SUBMITTED = "Submitted"
    IN_PROGRESS = "InProgress"
    AWAITING_APPLICANT = "AwaitingApplicant"
    AWAITING_EVIDENCE = "AwaitingEvidence"
    DECIDED = "Decided"
    UNDER_APPEAL = "UnderAppeal"
    CLOSED = "Closed"
    WITHDRAWN = "Withdrawn"
    ARCHIVED = "Archived"


@dataclass(frozen=True, slots=True)
class CaseState:
    """A case: what its submission pinned, and where it stands.

    `last_step` is the step that the next one must follow: a reopened case begins again and has none.
    """

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
    stage: Stage = Stage.SUBMITTED
    official: str | None = None
    last_step: str | None = None
    steps_recorded: int = 0
    questions_asked: int = 0
    elements_asked: tuple[str, ...] = ()
    outcome: Outcome | None = None
    reopenings: int = 0
    erased: frozenset[str] = frozenset()

    @property
    def applicant_is_erased(self) -> bool:
        """Tell whether the applicant's keys are destroyed, so that nothing can be sealed for them."""
        return self.applicant in self.erased


def evolve(state: CaseState | None, event: Event) -> CaseState:  # noqa: C901, PLR0911 - a table of the events
    """Return the case after one more event.

    Raises:
        UnknownEventError: when the event does not belong here.
    """
    if state is None:
        if isinstance(event, CaseSubmitted):
            return _submitted(event)
        raise UnknownEventError(event)
    # The commonest first: looking for the type of a pydantic object is not free.
    match event:
        case StepRecorded():
            return replace(state, last_step=event.step, steps_recorded=state.steps_recorded + 1)
        case CaseAssigned():
            stage = Stage.IN_PROGRESS if state.stage is Stage.SUBMITTED else state.stage
            return replace(state, desk=event.desk, official=event.official, stage=stage)
        case CaseClosed():
            return replace(state, stage=Stage.CLOSED)
        case ApplicantAsked():
            waiting = Stage.AWAITING_APPLICANT
            return replace(state, stage=waiting, questions_asked=event.number, elements_asked=event.elements)
        case ApplicantAnswered():
            return replace(state, stage=Stage.IN_PROGRESS, elements_asked=())
        case CaseDecided():
            return replace(state, stage=Stage.DECIDED, outcome=event.outcome)
        case CaseWithdrawn():
            return replace(state, stage=Stage.WITHDRAWN)
        case CaseReopened():
            again = state.reopenings + 1
            return replace(state, stage=Stage.IN_PROGRESS, outcome=None, last_step=None, reopenings=again)
        case SubjectErased():
            return replace(state, erased=state.erased | {event.pseudonym})
        case _:
            raise UnknownEventError(event)


def _submitted(event: CaseSubmitted) -> CaseState:
    return CaseState(
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
    )
