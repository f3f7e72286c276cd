"""Decides the commands about the term of a case."""

from datetime import date
from typing import Final, TypeAlias, assert_never

from domain.case.clock_commands import (
    ClockCommand,
    CountTerm,
    EscalateCase,
    ExtendTerm,
    GrantBySilence,
    LapseCase,
    NoteUnpublishedGrant,
    PublishSilentGrant,
    WarnOfLastDay,
)
from domain.case.clock_events import (
    CaseEscalated,
    CaseLapsed,
    CaseNearsItsLastDay,
    GrantedBySilence,
    SilentGrantNotPublished,
    SilentGrantPublished,
    TermCounted,
    TermExtended,
)
from domain.case.clock_rules import (
    by_the_agency,
    by_the_clock,
    extension_is_allowed,
    grant_is_unpublished,
    silence_is_an_answer,
    the_applicant_owes_an_answer,
)
from domain.case.refusals import (
    AnswerNotDue,
    EscalatedAlready,
    LastDayNotNear,
    PublicationNotDue,
    TermNotOver,
    WarnedAlready,
)
from domain.case.rules import case_is_open, case_is_undecided
from domain.case.state import CaseState
from domain.clock.reckoning import last_day_after, last_day_of
from domain.event import Event
from domain.values import Term

Counting: TypeAlias = CountTerm | WarnOfLastDay | EscalateCase | GrantBySilence
_LONGEST: Final = 36_525


def decide_about_time(  # noqa: PLR0911 - a table of the commands
    command: ClockCommand, case: CaseState
) -> tuple[Event, ...]:
    """Return the events that the command leads to; none where the last day stays as it was said.

    Raises:
        Refusal: the rule that forbids it.
    """
    match command:
        case CountTerm():
            return _counted(command, case)
        case ExtendTerm():
            return (_extended(command, case),)
        case WarnOfLastDay():
            return (_warned(command, case),)
        case EscalateCase():
            return (_escalated(command, case),)
        case GrantBySilence():
            return (_granted(command, case),)
        case PublishSilentGrant():
            return (_published(command, case),)
        case NoteUnpublishedGrant():
            return (_unpublished(command, case),)
        case LapseCase():
            return (_lapsed(command, case),)
        case _:
            assert_never(command)


def _last_day(command: Counting | ExtendTerm, case: CaseState) -> date | None:
    return last_day_of(case.clock.clock, command.service.term, command.calendar)


def _counted(command: CountTerm, case: CaseState) -> tuple[Event, ...]:
    by_the_clock(command, case)
    case_is_open(command, case)
    case_is_undecided(command, case)
    last, clock = _last_day(command, case), case.clock
    if last == clock.counted and not clock.begun_anew:
        return ()
    suspensions = clock.clock.suspensions
    counted = TermCounted(
        local_date=command.local_date,
        last_day=last,
        ground=suspensions[-1].ground if clock.clock.is_suspended else None,
        calendar=clock.calendar,
        calendar_version=command.calendar.version,
    )
    return (counted,)


def _extended(command: ExtendTerm, case: CaseState) -> TermExtended:
    extension_is_allowed(command, case, _last_day(command, case))
    return TermExtended(
        local_date=command.local_date,
        by=command.by,
        ground=command.ground,
        calendar_version=command.calendar.version,
        reason=command.reason,
    )


def _warned(command: WarnOfLastDay, case: CaseState) -> CaseNearsItsLastDay:
    by_the_clock(command, case)
    case_is_open(command, case)
    case_is_undecided(command, case)
    last, before = _last_day(command, case), command.service.timing.warned_before
    if last is None or before is None or command.local_date > last:
        raise LastDayNotNear
    if last_day_after(command.local_date, before, command.calendar) < last:
        raise LastDayNotNear
    if case.clock.warned_of == last:
        raise WarnedAlready
    return CaseNearsItsLastDay(local_date=command.local_date, last_day=last, calendar_version=command.calendar.version)


def _escalated(command: EscalateCase, case: CaseState) -> CaseEscalated:
    by_the_clock(command, case)
    case_is_open(command, case)
    case_is_undecided(command, case)
    last, after = _last_day(command, case), command.service.timing.escalated_after
    if last is None or after is None:
        raise TermNotOver
    number = case.clock.escalations + 1
    waited = Term(days=min(after.days * number, _LONGEST), kind=after.kind)
    if command.local_date <= last_day_after(last, waited, command.calendar):
        raise EscalatedAlready if number > 1 else TermNotOver
    return CaseEscalated(
        local_date=command.local_date, number=number, last_day=last, calendar_version=command.calendar.version
    )


def _granted(command: GrantBySilence, case: CaseState) -> GrantedBySilence:
    by_the_clock(command, case)
    case_is_open(command, case)
    case_is_undecided(command, case)
    silence_is_an_answer(command, case)
    last = _last_day(command, case)
    if last is None or command.local_date <= last:
        raise TermNotOver
    within = command.service.timing.silence_published_within
    return GrantedBySilence(
        local_date=command.local_date,
        last_day=last,
        legal_basis=command.service.legal_basis,
        looked_up_to=command.looked_up_to,
        calendar_version=command.calendar.version,
        publish_by=None if within is None else last_day_after(command.local_date, within, command.calendar),
    )


def _published(command: PublishSilentGrant, case: CaseState) -> SilentGrantPublished:
    by_the_agency(command, case)
    grant_is_unpublished(command, case)
    return SilentGrantPublished(local_date=command.local_date, published_at=command.published_at)


def _unpublished(command: NoteUnpublishedGrant, case: CaseState) -> SilentGrantNotPublished:
    by_the_clock(command, case)
    grant = grant_is_unpublished(command, case)
    if grant.noted_missing or grant.publish_by is None or command.local_date <= grant.publish_by:
        raise PublicationNotDue
    return SilentGrantNotPublished(local_date=command.local_date, publish_by=grant.publish_by)


def _lapsed(command: LapseCase, case: CaseState) -> CaseLapsed:
    by_the_clock(command, case)
    case_is_open(command, case)
    asked_on = the_applicant_owes_an_answer(command, case)
    within, ground = command.service.timing.answers_within, command.service.timing.lapses_on
    if within is None or ground is None:
        raise AnswerNotDue
    answer_by = last_day_after(asked_on, within, command.calendar)
    if command.local_date <= answer_by:
        raise AnswerNotDue
    return CaseLapsed(
        local_date=command.local_date,
        question=case.questions,
        answer_by=answer_by,
        ground=ground,
        calendar_version=command.calendar.version,
    )
