"""The bench moves a day with few cases, and measures submissions beside it; the figures are not judged here."""

import psycopg
import pytest

from bench.ground import Ground
from bench.moving.__main__ import measure
from bench.moving.day import standing
from bench.terms import ACTS, fifteen_acts, stopped_and_extended
from domain.clock.case_clock import CaseClock

CASES = 30


def test_the_calendar_of_the_row_has_as_many_acts_as_it_says() -> None:
    assert fifteen_acts().version == ACTS


def test_a_term_that_was_stopped_runs_again() -> None:
    clock = stopped_and_extended(CaseClock(fifteen_acts().acts[-1].act.published_on))

    assert not clock.is_suspended
    assert (len(clock.suspensions), clock.extension is None) == (2, False)


@pytest.mark.slow
def test_one_act_over_http_moves_every_open_term_of_the_bench_once(ground: Ground) -> None:
    with standing(ground, CASES) as ours:
        moved = ours.moved(ours.enter_act())
        with psycopg.connect(ours.place.owner) as owner:
            times = owner.execute(
                "SELECT DISTINCT count(*) FROM ledger.events WHERE topic = 'case.term_counted' GROUP BY stream"
            ).fetchall()

    assert moved.terms == CASES
    assert times == [(1,)]


@pytest.mark.slow
def test_submissions_are_measured_before_the_act_meanwhile_and_after_it(ground: Ground) -> None:
    moved, loads = measure(ground, CASES, 1, 1)

    assert moved.terms >= CASES
    assert [load.name for load in loads] == ["before the act", "while a day is moved", "after it"]
    assert all(load.rate > 0 for load in loads)
