"""The life of a request for evidence: every happening in every state, and its clocks."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.evidence.clocks import Clock, Due, Progress, Terms, advanced, due, prepared, ran_out
from domain.evidence.errors import MEANINGS, ErrorCode
from domain.evidence.progress import ENDS, OUTCOMES, SETTLED, EvidenceState, Happening, Outcome, Remark, outcome

S, H = EvidenceState, Happening
NOON: Final = datetime(2026, 12, 1, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TERMS: Final = Terms(5 * MINUTE, 2 * HOUR, 3 * DAY, NOON + 10 * DAY)

# Rows: what happens. Columns: before. A state alone: the request is in it afterwards. With a remark: nothing changes.
BEFORE: Final = ("Prepared", "Sent", "Acknowledged", "Deferred", "PreviewPending")
TABLE: Final = {
    "Sent": ("Sent", "Sent", "Acknowledged", "Deferred", "Sent"),
    "NotSent": ("Failed", "late", "late", "late", "late"),
    "Acknowledged": ("Acknowledged", "Acknowledged", "twice", "twice", "twice"),
    "Deferred": ("Deferred", "Deferred", "Deferred", "Deferred", "twice"),
    "PreviewAsked": ("PreviewPending", "PreviewPending", "PreviewPending", "PreviewPending", "twice"),
    "Answered": ("Answered",) * 5,
    "NotFound": ("NotFound",) * 5,
    "Refused": ("Refused",) * 5,
    "PreviewRejected": ("PreviewRejected",) * 5,
    "PreviewLapsed": ("late", "late", "late", "late", "PreviewRejected"),
    "TimedOut": ("TimedOut", "TimedOut", "TimedOut", "TimedOut", "late"),
    "Failed": ("Failed",) * 5,
}
REMARKS: Final = {"late": Remark.LATE, "twice": Remark.DUPLICATE}


@pytest.mark.parametrize("happening", TABLE)
@pytest.mark.parametrize("before", BEFORE)
def test_a_request_under_way_goes_where_the_table_says(before: str, happening: str) -> None:
    told = TABLE[happening][BEFORE.index(before)]
    expected = Outcome(S(before), REMARKS[told]) if told in REMARKS else Outcome(S(told))

    assert outcome(S(before), H(happening)) == expected


@pytest.mark.parametrize("happening", TABLE)
@pytest.mark.parametrize(
    ("settled", "remark"),
    [
        (S.ANSWERED, Remark.DUPLICATE),
        (S.NOT_FOUND, Remark.DUPLICATE),
        (S.REFUSED, Remark.DUPLICATE),
        (S.PREVIEW_REJECTED, Remark.LATE),
        (S.TIMED_OUT, Remark.LATE),
        (S.FAILED, Remark.LATE),
    ],
)
def test_a_settled_request_stays_settled_and_what_comes_is_remarked(
    settled: EvidenceState, remark: Remark, happening: str
) -> None:
    assert outcome(settled, H(happening)) == Outcome(settled, remark)


@pytest.mark.parametrize("state", S)
def test_a_dispute_and_an_unproven_message_change_nothing_anywhere(state: EvidenceState) -> None:
    assert outcome(state, H.DISPUTED) == Outcome(state, Remark.DISPUTED)
    assert outcome(state, H.UNACCEPTABLE) == Outcome(state, Remark.UNACCEPTABLE)


def test_the_tables_have_every_pair() -> None:
    assert set(TABLE) | {"Disputed", "Unacceptable"} == set(H)
    assert set(BEFORE) == set(S) - SETTLED
    assert set(OUTCOMES) == set(H)
    assert all(set(after) == set(S) for after in OUTCOMES.values())


def test_time_outs_and_failures_count_against_the_resource_and_nothing_else_does() -> None:
    assert {happening for happening, end in ENDS.items() if end.counts_against_resource} == {H.TIMED_OUT, H.FAILED}
    assert {end.state for end in ENDS.values()} == SETTLED


def test_every_error_has_a_european_code_and_all_eight_are_used() -> None:
    assert set(MEANINGS) == set(ErrorCode)
    assert {meaning.edm for meaning in MEANINGS.values()} == {f"EDM:ERR:000{number}" for number in range(1, 9)}


@pytest.mark.parametrize("code", ErrorCode)
def test_every_error_leads_on(code: ErrorCode) -> None:
    after = outcome(S.SENT, MEANINGS[code].leads_to)

    assert after.remark is None
    assert after.state is not S.SENT


def going(*happenings: tuple[Happening, timedelta], available: timedelta | None = None) -> Progress:
    """Return the progress after happenings, each at its time after noon."""
    progress = prepared(NOON)
    for happening, after in happenings:
        until = NOON + available if available is not None else None
        progress, _ = advanced(progress, happening, NOON + after, available_at=until)
    return progress


SENT = (H.SENT, MINUTE)


@pytest.mark.parametrize(
    ("progress", "clock", "after", "leads_to"),
    [
        (prepared(NOON), Clock.ANSWER, 2 * HOUR, H.TIMED_OUT),
        (going(SENT), Clock.ACKNOWLEDGE, 6 * MINUTE, H.TIMED_OUT),
        (going(SENT, (H.SENT, 4 * MINUTE)), Clock.ACKNOWLEDGE, 6 * MINUTE, H.TIMED_OUT),
        (going(SENT, (H.ACKNOWLEDGED, 3 * MINUTE)), Clock.ANSWER, 2 * HOUR + MINUTE, H.TIMED_OUT),
        (going(SENT, (H.DEFERRED, HOUR), available=DAY), Clock.ANSWER, DAY + 5 * MINUTE, H.TIMED_OUT),
        (going(SENT, (H.DEFERRED, HOUR), available=HOUR), Clock.ANSWER, 2 * HOUR + MINUTE, H.TIMED_OUT),
        (going(SENT, (H.DEFERRED, HOUR), available=30 * DAY), Clock.EXPIRY, 10 * DAY, H.TIMED_OUT),
        (going(SENT, (H.PREVIEW_ASKED, HOUR)), Clock.PREVIEW, 3 * DAY + HOUR, H.PREVIEW_LAPSED),
        (going(SENT, (H.PREVIEW_ASKED, 9 * DAY)), Clock.EXPIRY, 10 * DAY, H.PREVIEW_LAPSED),
        (going(SENT, (H.PREVIEW_ASKED, HOUR), (H.SENT, DAY)), Clock.ACKNOWLEDGE, DAY + 5 * MINUTE, H.TIMED_OUT),
        (
            going(SENT, (H.PREVIEW_ASKED, HOUR), (H.SENT, DAY), (H.ACKNOWLEDGED, DAY)),
            Clock.ANSWER,
            DAY + 2 * HOUR,
            H.TIMED_OUT,
        ),
    ],
)
def test_each_state_has_its_clock(progress: Progress, clock: Clock, after: timedelta, leads_to: Happening) -> None:
    assert due(progress, TERMS) == Due(clock, NOON + after, leads_to)
    assert ran_out(progress, TERMS, NOON + after) is None
    assert ran_out(progress, TERMS, NOON + after + timedelta(microseconds=1)) == due(progress, TERMS)


@pytest.mark.parametrize("settled", sorted(SETTLED))
def test_no_clock_runs_for_a_settled_request(settled: EvidenceState) -> None:
    assert due(Progress(settled, NOON), TERMS) is None


def test_a_service_level_that_answers_at_once_is_not_waited_for_longer_than_for_an_acknowledgement() -> None:
    terms = TERMS._replace(answered_within=MINUTE)

    assert due(prepared(NOON), terms) == Due(Clock.ANSWER, NOON + MINUTE, H.TIMED_OUT)


def test_a_clock_that_reaches_beyond_all_years_ends_with_the_request() -> None:
    terms = TERMS._replace(answered_within=timedelta.max, acknowledged_within=timedelta.max)

    assert due(prepared(NOON), terms) == Due(Clock.EXPIRY, NOON + 10 * DAY, H.TIMED_OUT)


class AnyOrder(RuleBasedStateMachine):
    """Whatever happens, in whatever order, however often: what settles a request first has settled it."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.progress = prepared(NOON)
        self.settled_as: EvidenceState | None = None

    @initialize(minutes=st.integers(0, 60))
    def begin(self, minutes: int) -> None:
        self.now += minutes * MINUTE
        self.progress = prepared(self.now)

    @rule(
        happening=st.sampled_from(H),
        minutes=st.integers(0, 5000),
        available=st.none() | st.integers(-(10**4), 10**4),
    )
    def happen(self, happening: Happening, minutes: int, available: int | None) -> None:
        self.now += minutes * MINUTE
        until = None if available is None else self.now + available * MINUTE
        before = self.progress
        self.progress, result = advanced(before, happening, self.now, available_at=until)
        assert result.state is self.progress.state
        if result.remark is not None:
            assert self.progress == before
        if self.settled_as is None and self.progress.state in SETTLED:
            self.settled_as = self.progress.state
            assert ENDS[happening].state is self.settled_as

    @rule()
    def look_at_the_clock(self) -> None:
        if (over := ran_out(self.progress, TERMS, self.now)) is not None:
            self.happen(over.leads_to, 0, None)
            assert self.progress.state in SETTLED

    @invariant()
    def what_is_settled_stays_settled(self) -> None:
        assert self.settled_as in {None, self.progress.state}

    @invariant()
    def a_request_under_way_always_has_a_clock_that_ends_by_its_expiry(self) -> None:
        running = due(self.progress, TERMS)
        assert (running is None) == (self.progress.state in SETTLED)
        assert running is None or running.at <= TERMS.expires_at


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
