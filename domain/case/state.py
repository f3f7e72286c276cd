"""What is known about a case after its events: open data only, because decisions need no other."""

from datetime import date
from typing import Final, NamedTuple

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
from domain.case.stage import Stage
from domain.event import Event, UnknownEventError

_ENDS: Final = frozenset({Stage.CLOSED, Stage.WITHDRAWN, Stage.ARCHIVED})


class CaseState(NamedTuple):
    """A case: what its submission pinned, and where it stands.

    `step` is the step that the next one must follow: a reopened case begins again and has none.
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
    stage: Stage = Stage.SUBMITTED
    official: str | None = None
    step: str | None = None
    questions: int = 0
    asked_elements: tuple[str, ...] = ()
    outcome: Outcome | None = None
    reopenings: int = 0
    marked_overdue_on: date | None = None
    erased: frozenset[str] = frozenset()

    @property
    def applicant_is_erased(self) -> bool:
        """Tell whether the applicant's keys are destroyed, so that nothing can be sealed for them."""
        return self.applicant in self.erased

    @property
    def has_ended(self) -> bool:
        """Return whether nothing more is to be done, unless an order opens the case again."""
        return self.stage in _ENDS


def evolve(state: CaseState | None, event: Event) -> CaseState:  # noqa: C901, PLR0911, PLR0912 - a table of the events
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
            return state._replace(step=event.step)
        case CaseAssigned():
            stage = Stage.IN_PROGRESS if state.stage is Stage.SUBMITTED else state.stage
            return state._replace(desk=event.desk, official=event.official, stage=stage)
        case CaseClosed():
            return state._replace(stage=Stage.CLOSED)
        case ApplicantAsked():
            waiting = Stage.AWAITING_APPLICANT
            return state._replace(stage=waiting, questions=event.number, asked_elements=event.elements)
        case ApplicantAnswered():
            return state._replace(stage=Stage.IN_PROGRESS, asked_elements=())
        case CaseDecided():
            return state._replace(stage=Stage.DECIDED, outcome=event.outcome)
        case CaseWithdrawn():
            return state._replace(stage=Stage.WITHDRAWN)
        case CaseReopened():
            again = state.reopenings + 1
            return state._replace(stage=Stage.IN_PROGRESS, outcome=None, step=None, reopenings=again)
        case CaseBecameOverdue():
            return state._replace(marked_overdue_on=event.local_date)
        case SubjectErased():
            # A case whose official is forgotten has none: it goes back to its desk, in the stage that it has.
            official = None if state.official == event.pseudonym else state.official
            return state._replace(erased=state.erased | {event.pseudonym}, official=official)
        case _:
            raise UnknownEventError(event)


def _submitted(event: CaseSubmitted) -> CaseState:
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
    )
