"""The term of a case: suspended, extended, warned of, escalated, lapsed, and ended by silence."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.calendar.state import MONDAY_TO_FRIDAY, KnownCalendar
from domain.calendar.state import evolve as evolve_calendar
from domain.calendar.values import CountingRules, Entries, NamedDay
from domain.case.clock_commands import (
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
from domain.case.decisions import decide
from domain.case.events import SuspensionGround
from domain.case.refusals import (
    AnswerNotDue,
    CaseAlreadyDecided,
    CaseAwaitsNoEvidence,
    CaseGrantedBySilence,
    DeadlineAlreadyExtended,
    DeadlineAlreadyOver,
    EscalatedAlready,
    ExtensionNotAllowed,
    ExtensionTooLong,
    LastDayNotNear,
    LegalBasisMissing,
    NotTheAgency,
    NotTheAssignedOfficial,
    NotTheClock,
    PublicationNotDue,
    ReasonsMissing,
    SilenceIsNoAnswer,
    SilentGrantMissing,
    SilentGrantUnpublished,
    TermIsSuspended,
    TermNotOver,
    WarnedAlready,
)
from domain.case.stage import Stage
from domain.clock.causes import CountedTo
from domain.clock.reckoning import reckon
from domain.service.definition import Timing
from domain.values import Term
from tests.domain.clock_examples import ENTERED, OPENED
from tests.domain.evidence_town import POPULATION_ID, SERVICE_NEEDING, past_of, run_out
from tests.domain.given_when_then import fold, given
from tests.domain.town import (
    AGENCY,
    ANSWERED,
    ASKED,
    ASSIGNED,
    AT,
    CLOSED,
    COLLEAGUE,
    DECIDED,
    LAST_DAY,
    OFFICIAL,
    REOPENED,
    SERVICE,
    SUBMITTED,
    TODAY,
    TOO_LATE,
    ask,
    close,
    settle,
)

GROUND = "Administrative code, article 12"
WITH_TIMING = SERVICE.model_copy(
    update={
        "extension": Term(days=3, kind="working"),
        "timing": Timing(
            answers_within=Term(days=10, kind="calendar"),
            lapses_on="Licences law, article 18",
            warned_before=Term(days=2, kind="working"),
            escalated_after=Term(days=5, kind="working"),
            silence_published_within=Term(days=5, kind="working"),
        ),
    }
)
SILENT = WITH_TIMING.model_copy(update={"silent_approval": True})
SUSPENDABLE = SUBMITTED.model_copy(update={"suspended_for": (SuspensionGround(owed_by="applicant", ground=GROUND),)})


def by_the_clock(kind: Any, day: date, service: Any = WITH_TIMING, **more: Any) -> Any:
    return kind(at=AT, local_date=day, service=service, calendar=MONDAY_TO_FRIDAY, **more)


def extend(**changes: Any) -> ExtendTerm:
    parts: dict[str, Any] = {"at": AT, "local_date": TODAY, "actor": OFFICIAL, "service": WITH_TIMING}
    parts |= {
        "calendar": MONDAY_TO_FRIDAY,
        "by": Term(days=3, kind="working"),
        "ground": GROUND,
        "reason": "Many plans.",
    }
    return ExtendTerm(**parts | changes)


EXTENDED = TermExtended(
    local_date=TODAY, by=Term(days=3, kind="working"), ground=GROUND, calendar_version=0, reason="Many plans."
)


def counted(day: date | None, ground: str | None = None, on: date = TODAY) -> TermCounted:
    return TermCounted(local_date=on, last_day=day, ground=ground, calendar=None, calendar_version=0)


def test_a_question_suspends_the_term_where_the_law_says_so_and_only_there() -> None:
    given(SUSPENDABLE, ASSIGNED, ASKED).when(by_the_clock(CountTerm, TODAY)).then(counted(None, GROUND))
    given(SUBMITTED, ASSIGNED, ASKED).when(by_the_clock(CountTerm, TODAY)).then(())


def test_the_days_on_which_an_answer_was_owed_do_not_count() -> None:
    answered = ANSWERED.model_copy(update={"local_date": TODAY + timedelta(days=7)})
    past = (SUSPENDABLE, ASSIGNED, ASKED, counted(None, GROUND), answered)

    given(*past).when(by_the_clock(CountTerm, answered.local_date)).then(
        counted(LAST_DAY + timedelta(days=7), on=answered.local_date)
    )


def test_an_answer_on_the_same_day_moves_nothing() -> None:
    past = (SUSPENDABLE, ASSIGNED, ASKED, ANSWERED)

    given(*past).when(by_the_clock(CountTerm, TODAY)).then(())


def test_a_suspended_term_is_never_over() -> None:
    past = (SUSPENDABLE, ASSIGNED, ASKED)

    given(*past).when(by_the_clock(GrantBySilence, date(2126, 1, 1), SILENT, looked_up_to=9)).then(TermNotOver)
    given(*past).when(by_the_clock(EscalateCase, date(2126, 1, 1))).then(TermNotOver)


def test_the_assigned_official_extends_the_term_once_on_a_ground_and_with_a_reason() -> None:
    given(SUBMITTED, ASSIGNED).when(extend()).then(EXTENDED)
    given(SUBMITTED, ASSIGNED, EXTENDED).when(extend()).then(DeadlineAlreadyExtended)
    given(SUBMITTED, ASSIGNED).when(extend(actor=COLLEAGUE)).then(NotTheAssignedOfficial)
    given(SUBMITTED, ASSIGNED).when(extend(ground=" ")).then(LegalBasisMissing, "ground")
    given(SUBMITTED, ASSIGNED).when(extend(reason=None)).then(ReasonsMissing, "reason")
    given(SUBMITTED, ASSIGNED, DECIDED).when(extend()).then(CaseAlreadyDecided)


def test_an_extension_is_within_what_the_service_allows() -> None:
    given(SUBMITTED, ASSIGNED).when(extend(service=SERVICE)).then(ExtensionNotAllowed)
    given(SUBMITTED, ASSIGNED).when(extend(by=Term(days=4, kind="working"))).then(ExtensionTooLong, "by")
    given(SUBMITTED, ASSIGNED).when(extend(by=Term(days=1, kind="calendar"))).then(ExtensionTooLong, "by")


def test_a_term_is_extended_on_its_last_day_and_not_after_its_last_hour() -> None:
    on_the_last = EXTENDED.model_copy(update={"local_date": LAST_DAY})

    given(SUBMITTED, ASSIGNED).when(extend(local_date=LAST_DAY)).then(on_the_last)
    given(SUBMITTED, ASSIGNED).when(extend(local_date=TOO_LATE)).then(DeadlineAlreadyOver)


def test_a_suspended_term_is_not_extended() -> None:
    given(SUSPENDABLE, ASSIGNED, ASKED).when(extend()).then(TermIsSuspended)


def test_an_extension_moves_the_last_day() -> None:
    longer = LAST_DAY + timedelta(days=3)

    given(SUBMITTED, ASSIGNED, EXTENDED).when(by_the_clock(CountTerm, TODAY)).then(counted(longer))
    given(SUBMITTED, ASSIGNED, EXTENDED, counted(longer)).when(by_the_clock(CountTerm, TODAY)).then(())


def test_the_days_of_the_term_and_of_its_extension_are_told_apart() -> None:
    case = fold([SUBMITTED, ASSIGNED, EXTENDED])
    assert case is not None
    assert WITH_TIMING.term is not None
    causes = reckon(case.clock.clock, WITH_TIMING.term, MONDAY_TO_FRIDAY).causes

    assert [each for each in causes if isinstance(each, CountedTo)] == [
        CountedTo(WITH_TIMING.term, LAST_DAY),
        CountedTo(EXTENDED.by, LAST_DAY + timedelta(days=3)),
    ]


@pytest.mark.parametrize("kind", [CountTerm, WarnOfLastDay, EscalateCase, LapseCase])
def test_nobody_but_the_clock_says_what_time_has_led_to(kind: Any) -> None:
    given(SUBMITTED, ASSIGNED).when(by_the_clock(kind, TOO_LATE, actor=OFFICIAL)).then(NotTheClock)


def test_the_clock_warns_once_when_the_last_day_is_near() -> None:
    early, near = LAST_DAY - timedelta(days=5), LAST_DAY - timedelta(days=1)
    warned = CaseNearsItsLastDay(local_date=near, last_day=LAST_DAY, calendar_version=0)

    given(SUBMITTED, ASSIGNED).when(by_the_clock(WarnOfLastDay, early)).then(LastDayNotNear)
    given(SUBMITTED, ASSIGNED).when(by_the_clock(WarnOfLastDay, near)).then(warned)
    given(SUBMITTED, ASSIGNED, warned).when(by_the_clock(WarnOfLastDay, near)).then(WarnedAlready)
    given(SUBMITTED, ASSIGNED).when(by_the_clock(WarnOfLastDay, near, SERVICE)).then(LastDayNotNear)
    given(SUBMITTED, ASSIGNED).when(by_the_clock(WarnOfLastDay, TOO_LATE)).then(LastDayNotNear)


def test_an_overdue_case_is_escalated_again_and_again() -> None:
    first = CaseEscalated(local_date=date(2026, 12, 9), number=1, last_day=LAST_DAY, calendar_version=0)

    given(SUBMITTED).when(by_the_clock(EscalateCase, date(2026, 12, 8))).then(TermNotOver)
    given(SUBMITTED).when(by_the_clock(EscalateCase, date(2026, 12, 9))).then(first)
    given(SUBMITTED, first).when(by_the_clock(EscalateCase, date(2026, 12, 15))).then(EscalatedAlready)
    given(SUBMITTED, first).when(by_the_clock(EscalateCase, date(2026, 12, 16))).then(
        first.model_copy(update={"local_date": date(2026, 12, 16), "number": 2})
    )


def test_a_request_lapses_when_the_applicant_has_not_answered_in_time() -> None:
    last = TODAY + timedelta(days=10)
    lapsed = CaseLapsed(
        local_date=last + timedelta(days=1),
        question=1,
        answer_by=last,
        ground="Licences law, article 18",
        calendar_version=0,
    )

    given(SUBMITTED, ASSIGNED, ASKED).when(by_the_clock(LapseCase, last)).then(AnswerNotDue)
    given(SUBMITTED, ASSIGNED, ASKED).when(by_the_clock(LapseCase, lapsed.local_date)).then(lapsed)
    given(SUBMITTED, ASSIGNED, ASKED).when(by_the_clock(LapseCase, lapsed.local_date, SERVICE)).then(AnswerNotDue)
    given(SUBMITTED, ASSIGNED, ASKED, ANSWERED).when(by_the_clock(LapseCase, lapsed.local_date)).then(AnswerNotDue)
    after = fold((SUBMITTED, ASSIGNED, ASKED, lapsed))
    assert after is not None
    assert after.stage is Stage.CLOSED


GRANTED = GrantedBySilence(
    local_date=TOO_LATE,
    last_day=LAST_DAY,
    legal_basis=SERVICE.legal_basis,
    looked_up_to=9,
    calendar_version=0,
    publish_by=date(2026, 12, 9),
)


def test_silence_grants_after_the_last_day_where_the_law_says_so() -> None:
    def grant(day: date, service: Any = SILENT) -> Any:
        return by_the_clock(GrantBySilence, day, service, looked_up_to=9)

    given(SUBMITTED, ASSIGNED).when(grant(LAST_DAY)).then(TermNotOver)
    given(SUBMITTED, ASSIGNED).when(grant(TOO_LATE)).then(GRANTED)
    given(SUBMITTED).when(grant(TOO_LATE)).then(GRANTED)
    given(SUBMITTED, ASSIGNED).when(grant(TOO_LATE, WITH_TIMING)).then(SilenceIsNoAnswer)
    given(SUBMITTED, ASSIGNED, DECIDED).when(grant(TOO_LATE)).then(CaseAlreadyDecided)


def test_a_decision_after_a_grant_by_silence_is_refused_by_name() -> None:
    given(SUBMITTED, ASSIGNED, GRANTED).when(settle(outcome="refused")).then(CaseGrantedBySilence)


def test_no_decision_slips_in_between_the_last_day_and_the_clocks_word() -> None:
    past = given(SUBMITTED, ASSIGNED)
    late: dict[str, Any] = {"local_date": TOO_LATE, "service": SILENT}

    past.when(settle(local_date=LAST_DAY, service=SILENT)).then(DECIDED.model_copy(update={"local_date": LAST_DAY}))
    past.when(settle(**late)).then(CaseGrantedBySilence)
    past.when(ask(**late)).then(CaseGrantedBySilence)
    past.when(settle(local_date=TOO_LATE)).then(DECIDED.model_copy(update={"local_date": TOO_LATE}))
    imported = settle(**late, origin="import")
    past.when(imported).then(DECIDED.model_copy(update={"local_date": TOO_LATE}))


def test_a_case_of_before_the_clock_is_decided_until_the_clock_has_granted_it() -> None:
    old = SUBMITTED.model_copy(update={"last_day_is_stated": None})
    late = settle(local_date=TOO_LATE, service=SILENT)

    given(old, ASSIGNED).when(late).then(DECIDED.model_copy(update={"local_date": TOO_LATE}))
    given(old, ASSIGNED, GRANTED).when(late).then(CaseGrantedBySilence)


def test_what_a_resource_still_owed_is_waited_for_by_nobody_once_silence_has_granted() -> None:
    service = SERVICE_NEEDING.model_copy(update={"silent_approval": True})
    [granted] = decide(
        by_the_clock(GrantBySilence, date(2027, 2, 1), service, looked_up_to=9), in_wait := fold(past_of())
    )
    late = run_out(POPULATION_ID, AT + timedelta(days=60))

    assert in_wait is not None
    assert in_wait.stage is Stage.AWAITING_EVIDENCE
    given(*past_of(), granted).when(late).then(CaseAwaitsNoEvidence)
    given(*past_of(), granted).when(settle()).then(CaseGrantedBySilence)


def test_a_reopened_case_is_granted_by_silence_only_in_a_term_of_its_own() -> None:
    past = (SUBMITTED, ASSIGNED, DECIDED, CLOSED)
    grant = by_the_clock(GrantBySilence, date(2027, 2, 1), SILENT, looked_up_to=9)
    anew = REOPENED.model_copy(update={"clock": "begins_anew"})

    given(*past, REOPENED).when(grant).then(SilenceIsNoAnswer)
    after = fold((*past, anew))
    assert after is not None
    [granted] = decide(grant, after)
    assert isinstance(granted, GrantedBySilence)


@pytest.mark.parametrize("clock", ["goes_on", "begins_anew"])
def test_what_an_official_decides_in_a_reopened_case_is_no_grant_by_silence(clock: str) -> None:
    published = SilentGrantPublished(local_date=TOO_LATE, published_at="Gazette 340")
    reopened = REOPENED.model_copy(update={"clock": clock})
    past = (SUBMITTED, ASSIGNED, GRANTED, published, CLOSED, reopened, DECIDED)

    given(*past).when(settle(outcome="refused")).then(CaseAlreadyDecided)
    given(*past).when(PublishSilentGrant(AT, TOO_LATE, AGENCY, "Gazette 341")).then(SilentGrantMissing)


def test_a_grant_by_silence_is_a_decision() -> None:
    after = fold((SUBMITTED, ASSIGNED, GRANTED))

    assert after is not None
    assert (after.stage, after.outcome) == (Stage.DECIDED, "granted")


def test_the_agency_makes_a_silent_grant_public_before_the_case_is_closed() -> None:
    publish = PublishSilentGrant(AT, TOO_LATE, AGENCY, "Gazette 340")
    published = SilentGrantPublished(local_date=TOO_LATE, published_at="Gazette 340")

    given(SUBMITTED, ASSIGNED, GRANTED).when(publish).then(published)
    given(SUBMITTED, ASSIGNED, GRANTED, published).when(publish).then(SilentGrantMissing)
    given(SUBMITTED, ASSIGNED, DECIDED).when(publish).then(SilentGrantMissing)
    given(SUBMITTED, ASSIGNED, GRANTED).when(PublishSilentGrant(AT, TOO_LATE, OFFICIAL, "Gazette 340")).then(
        NotTheAgency
    )
    given(SUBMITTED, ASSIGNED, GRANTED).when(close()).then(SilentGrantUnpublished)
    given(SUBMITTED, ASSIGNED, GRANTED, published).when(close()).then(CLOSED)


def test_the_clock_says_once_that_a_silent_grant_is_not_public_in_time() -> None:
    late = NoteUnpublishedGrant(AT, date(2026, 12, 10))
    missing = SilentGrantNotPublished(local_date=date(2026, 12, 10), publish_by=date(2026, 12, 9))

    given(SUBMITTED, GRANTED).when(NoteUnpublishedGrant(AT, date(2026, 12, 9))).then(PublicationNotDue)
    given(SUBMITTED, GRANTED).when(late).then(missing)
    given(SUBMITTED, GRANTED, missing).when(late).then(PublicationNotDue)


def test_an_order_that_lets_the_term_begin_anew_counts_from_its_day() -> None:
    day = date(2027, 1, 4)
    anew = REOPENED.model_copy(update={"local_date": day, "clock": "begins_anew", "term": Term(days=2, kind="working")})
    past = (SUBMITTED, ASSIGNED, EXTENDED, DECIDED, CLOSED, anew)

    given(*past).when(by_the_clock(CountTerm, day)).then(counted(date(2027, 1, 6), on=day))
    own_term = anew.model_copy(update={"term": None})
    given(*past[:-1], own_term).when(by_the_clock(CountTerm, day)).then(counted(date(2027, 1, 11), on=day))


def test_an_order_that_lets_the_clock_go_on_moves_nothing() -> None:
    past = (SUBMITTED, ASSIGNED, DECIDED, CLOSED, REOPENED)

    given(*past).when(by_the_clock(CountTerm, TOO_LATE)).then(())


def test_a_decision_after_an_order_is_no_grant_by_silence() -> None:
    published = SilentGrantPublished(local_date=TOO_LATE, published_at="Gazette 340")
    refused = DECIDED.model_copy(update={"outcome": "refused"})
    reopened = (SUBMITTED, ASSIGNED, GRANTED, published, CLOSED, REOPENED)
    after = fold((*reopened, refused))

    assert after is not None
    assert not after.is_granted_by_silence
    given(*reopened, refused).when(settle()).then(CaseAlreadyDecided)
    given(*reopened).when(PublishSilentGrant(AT, TOO_LATE, AGENCY, "Gazette 341")).then(SilentGrantMissing)


def test_a_term_that_begins_anew_is_counted_by_what_is_known_then_and_once() -> None:
    """An act before the order may have made the term shorter, also where none may shorten a running one."""
    rules = OPENED.entries.model_copy(update={"counting": CountingRules(shortening="never")})
    calendar = evolve_calendar(None, OPENED.model_copy(update={"entries": rules}))
    known_at_first = calendar.version
    worked = NamedDay(day=date(2026, 11, 28), effect="working", why="swap")
    calendar = evolve_calendar(
        calendar, ENTERED.model_copy(update={"entries": Entries(days=(worked,), from_day=worked.day)})
    )
    known = KnownCalendar(calendar, calendar.version)
    pinned = SUBMITTED.model_copy(update={"calendar": "az", "calendar_version": known_at_first})
    anew = REOPENED.model_copy(update={"clock": "begins_anew"})
    again = TermCounted(
        local_date=TODAY, last_day=LAST_DAY - timedelta(days=1), ground=None, calendar="az", calendar_version=2
    )
    count = CountTerm(at=AT, local_date=TODAY, service=WITH_TIMING, calendar=known)

    given(pinned, ASSIGNED, DECIDED, CLOSED, anew).when(count).then(again)
    given(pinned, ASSIGNED, DECIDED, CLOSED, anew, again).when(count).then(())
    given(pinned, ASSIGNED).when(count).then(())


def test_an_order_takes_back_a_grant_by_silence_with_its_publication() -> None:
    published = SilentGrantPublished(local_date=TOO_LATE, published_at="Gazette 340")
    past = (SUBMITTED, ASSIGNED, GRANTED, published, CLOSED, REOPENED)

    given(*past).when(PublishSilentGrant(AT, TOO_LATE, AGENCY, "Gazette 341")).then(SilentGrantMissing)
    given(*past, DECIDED).when(settle()).then(CaseAlreadyDecided)
    without_term = GRANTED.model_copy(update={"publish_by": None})
    given(SUBMITTED, ASSIGNED, without_term, CLOSED, REOPENED).when(
        PublishSilentGrant(AT, TOO_LATE, AGENCY, "Gazette 341")
    ).then(SilentGrantMissing)
