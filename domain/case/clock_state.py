"""The clock of a case after its events: when its term began, when it did not run, and what the clock has said."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final, NamedTuple

from domain.case.clock_events import (
    CaseEscalated,
    CaseNearsItsLastDay,
    GrantedBySilence,
    SilentGrantNotPublished,
    SilentGrantPublished,
    TermCounted,
    TermExtended,
)
from domain.case.events import ApplicantAsked, CaseReopened, CaseSubmitted
from domain.case.stage import Stage
from domain.clock.case_clock import CaseClock, Extension, OwedBy, Restart
from domain.event import Event

_OWED_BY: Final[Mapping[Stage, OwedBy]] = {Stage.AWAITING_APPLICANT: "applicant", Stage.AWAITING_EVIDENCE: "resource"}


class SilentGrant(NamedTuple):
    """A request that the law has granted, and how its publication stands."""

    on: date
    publish_by: date | None
    published: bool = False
    noted_missing: bool = False


class ClockOfCase(NamedTuple):
    """The clock, with what was counted and said last.

    Attributes:
        clock: what the last day is counted from.
        grounds: who owes an answer -> the ground of the law on which the term is suspended meanwhile.
        calendar: the name of the calendar that the case pins; None: Monday to Friday.
        counted: the last day as the case's events say it last.
        counted_version: by how many acts of the calendar it was counted.
        warned_of: the last day of which the clock has warned.
        escalations: how often the clock has escalated.
        asked_on: when the open question was asked.
        owed_by: who owes an answer now, whether or not the term is suspended for it.
        begun_anew: whether an order has let the clock begin anew, and nothing was counted since.
        silent_grant: the grant by silence.
    """

    clock: CaseClock
    grounds: Mapping[OwedBy, str] = MappingProxyType({})
    calendar: str | None = None
    counted: date | None = None
    counted_version: int = 0
    warned_of: date | None = None
    escalations: int = 0
    asked_on: date | None = None
    owed_by: OwedBy | None = None
    begun_anew: bool = False
    silent_grant: SilentGrant | None = None


def clock_at_submission(event: CaseSubmitted) -> ClockOfCase:
    """Return the clock as a submission starts it."""
    return ClockOfCase(
        CaseClock(event.term_began, event.last_day, event.last_day_is_stated, event.calendar_version),
        {each.owed_by: each.ground for each in event.suspended_for},
        event.calendar,
        event.last_day,
        event.calendar_version,
    )


def evolve_clock(before: ClockOfCase, event: Event, stage: Stage) -> ClockOfCase:
    """Return the clock after one more event of the case, which has left the case in a stage."""
    after = _moved(before, event)
    owed_by = _OWED_BY.get(stage)
    if owed_by == after.owed_by:
        return after
    on = getattr(event, "local_date", after.clock.began)  # a request for evidence is made with the submission
    clock = after.clock.resumed(on)
    if owed_by is not None and (ground := after.grounds.get(owed_by)) is not None:
        clock = clock.suspended(on, owed_by, ground)
    return after._replace(clock=clock, owed_by=owed_by)


def _moved(before: ClockOfCase, event: Event) -> ClockOfCase:  # noqa: C901, PLR0911 - a table of the events
    clock = before.clock
    match event:
        case TermCounted():
            counted = before._replace(counted=event.last_day, counted_version=event.calendar_version)
            if not before.begun_anew:
                return counted
            return counted._replace(clock=clock._replace(known=event.calendar_version), begun_anew=False)
        case TermExtended():
            extension = Extension(event.local_date, event.by, event.ground)
            return before._replace(clock=clock._replace(extension=extension))
        case CaseReopened():
            undecided = before._replace(silent_grant=None)  # the decision that silence was stands no longer
            if event.clock == "goes_on":
                return undecided
            anew = clock.begun_anew(event.local_date, Restart(event.order, event.term))
            return undecided._replace(clock=anew, warned_of=None, escalations=0, begun_anew=True)
        case ApplicantAsked():
            return before._replace(asked_on=event.local_date)
        case CaseNearsItsLastDay():
            return before._replace(warned_of=event.last_day)
        case CaseEscalated():
            return before._replace(escalations=event.number)
        case GrantedBySilence():
            return before._replace(silent_grant=SilentGrant(event.local_date, event.publish_by))
        case SilentGrantPublished() if before.silent_grant:
            return before._replace(silent_grant=before.silent_grant._replace(published=True))
        case SilentGrantNotPublished() if before.silent_grant:
            return before._replace(silent_grant=before.silent_grant._replace(noted_missing=True))
        case _:
            return before
