"""The state of a case after its events. It has open data only, because decisions need no other."""

from datetime import date
from typing import NamedTuple

from domain.agency.events import DeskOfAgency
from domain.case.assignment_events import CaseLeftWaiting, CaseMoved, CaseReleased, WhyReleased
from domain.case.clock_events import CLOCK_EVENTS, GrantedBySilence
from domain.case.clock_state import ClockOfCase, clock_at_submission, evolve_clock
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
from domain.case.message_events import MESSAGE_EVENTS
from domain.case.message_state import NO_MESSAGES, MessagesOfCase, evolve_messages
from domain.case.representation_events import RepresentativeAdded, RepresentativeRemoved
from domain.case.stage import ENDED, Stage
from domain.case.stage_machine import stage_after
from domain.envelope import Actor
from domain.event import Event, UnknownEventError
from domain.values import Party


class CaseState(NamedTuple):
    """A case: what its submission pinned, and its present state.

    `step` is the step that the next one must follow. A reopened case begins again, so it has none. `representatives`
    have been let act for the applicant: whether they still may is asked of their mandate at every use. `agency` and
    `desk` are where the case is worked on; `moved_from` is where it was, if another agency's desk has taken it over.
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
    clock: ClockOfCase
    stage: Stage
    official: str | None = None
    step: str | None = None
    questions: int = 0
    asked_elements: tuple[str, ...] = ()
    outcome: Outcome | None = None
    reopenings: int = 0
    assignments: int = 0
    released_for: WhyReleased | None = None
    left_waiting: bool = False
    marked_overdue_on: date | None = None
    erased: frozenset[str] = frozenset()
    evidence: EvidenceOfCase = NO_EVIDENCE
    messages: MessagesOfCase = NO_MESSAGES
    party: Party = "person"
    representatives: frozenset[str] = frozenset()
    moved_from: DeskOfAgency | None = None

    @property
    def last_day(self) -> date | None:
        """The last day of the term as the events say it last; None: there is no term, or it is suspended."""
        return self.clock.counted

    @property
    def applicant_is_erased(self) -> bool:
        """Return whether the applicant's keys are destroyed, so that nothing can be sealed for them."""
        return self.applicant in self.erased

    @property
    def is_granted_by_silence(self) -> bool:
        """Return whether the decision that stands is the law's own, since nobody had decided in time."""
        return self.outcome is not None and self.clock.silent_grant is not None

    @property
    def owner(self) -> str:
        """The agency whose service it is, wherever the case is worked on."""
        return self.agency if self.moved_from is None else self.moved_from.agency

    @property
    def concerned(self) -> tuple[str, ...]:
        """The agencies that are told of the case: where it is worked on, and whose service it is."""
        return (self.agency,) if self.moved_from is None else (self.agency, self.moved_from.agency)

    def speaks_for_the_applicant(self, actor: Actor) -> bool:
        """Return whether the actor is the applicant, or one of those who act for them in this case."""
        if actor.role == "representative":
            return actor.pseudonym in self.representatives
        return actor.role == "applicant" and actor.pseudonym == self.applicant

    @property
    def has_ended(self) -> bool:
        """Return whether the case has ended, unless an order reopens it."""
        return self.stage in ENDED


def evolve(state: CaseState | None, event: Event) -> CaseState:
    """Return the case after one more event.

    Raises:
        UnknownEventError: the event does not belong here.
    """
    stage = stage_after(event, None if state is None else state.stage)
    if state is None:
        return _submitted(event, stage)
    after = _evolved(state, event, stage)
    clock = evolve_clock(state.clock, event, stage)
    return after if clock is state.clock else after._replace(clock=clock)


def _evolved(state: CaseState, event: Event, stage: Stage) -> CaseState:  # noqa: C901, PLR0911, PLR0912 - a table of the events
    # The commonest come first: each match on the type of a pydantic object costs time.
    match event:
        case StepRecorded():
            return state._replace(stage=stage, step=event.step)
        case CaseAssigned():
            return _assigned(state, event)._replace(stage=stage)
        case CaseDecided():
            return state._replace(stage=stage, outcome=event.outcome)
        case CaseClosed() | CaseWithdrawn():
            return state._replace(stage=stage)
        case ApplicantAsked():
            return state._replace(stage=stage, questions=event.number, asked_elements=event.elements)
        case ApplicantAnswered():
            return state._replace(stage=stage, asked_elements=())
        case GrantedBySilence():
            return state._replace(stage=stage, outcome="granted")
        case _ if isinstance(event, CLOCK_EVENTS):
            return state._replace(stage=stage)
        case CaseReopened():
            return _reopened(state, event)._replace(stage=stage)
        case CaseBecameOverdue():
            return state._replace(stage=stage, marked_overdue_on=event.local_date)
        case SubjectErased():
            return _erased(state, event.pseudonym)
        case CaseReleased():
            return state._replace(stage=stage, official=None, released_for=event.why)
        case CaseLeftWaiting():
            return state._replace(stage=stage, left_waiting=True)
        case CaseMoved():
            return _moved(state, event)._replace(stage=stage)
        case RepresentativeAdded():
            return state._replace(stage=stage, representatives=state.representatives | {event.representative})
        case RepresentativeRemoved():
            return state._replace(stage=stage, representatives=state.representatives - {event.representative})
        case _ if isinstance(event, MESSAGE_EVENTS):
            return state._replace(stage=stage, messages=evolve_messages(state.messages, event))
        case _:
            return state._replace(stage=stage, evidence=evolve_evidence(state.evidence, event))


def _reopened(state: CaseState, event: CaseReopened) -> CaseState:
    """Return the case as it begins again; a term that begins anew can be overdue anew."""
    marked = None if event.clock == "begins_anew" else state.marked_overdue_on
    reopenings = state.reopenings + 1
    return state._replace(outcome=None, step=None, reopenings=reopenings, marked_overdue_on=marked)


def _assigned(state: CaseState, event: CaseAssigned) -> CaseState:
    return state._replace(
        desk=event.desk,
        official=event.official,
        assignments=state.assignments + 1,
        released_for=None,
        left_waiting=False,
    )


def _moved(state: CaseState, event: CaseMoved) -> CaseState:
    before = DeskOfAgency(agency=state.agency, desk=state.desk)
    return state._replace(agency=event.agency, desk=event.desk, moved_from=before, left_waiting=False)


def _erased(state: CaseState, pseudonym: str) -> CaseState:
    """Return the case, in the same stage, without the erased person.

    If that is the official, the case has none and goes back to its desk; if it is the applicant, there is nobody left
    to act for.
    """
    official = None if state.official == pseudonym else state.official
    left = frozenset() if state.applicant == pseudonym else state.representatives - {pseudonym}
    return state._replace(erased=state.erased | {pseudonym}, official=official, representatives=left)


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
        clock=clock_at_submission(event),
        stage=stage,
        party=event.party,
    )
