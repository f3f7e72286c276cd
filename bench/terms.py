"""Row: the last day of a term by a calendar with fifteen acts, compared with Monday to Friday and no calendar."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from statistics import quantiles
from typing import Final

from bench.figures import Contender, Contest, Measured
from bench.ground import Ground
from domain.calendar.counting import Pause
from domain.calendar.events import ActEntered
from domain.calendar.state import CalendarState, KnownCalendar, evolve
from domain.calendar.values import Entries, LegalAct, NamedDay
from domain.case.deadlines import last_day
from domain.clock.case_clock import CaseClock, Extension, Suspension
from domain.clock.reckoning import last_day_of, reckon
from domain.values import Term
from tests.calendars.azerbaijan import calendar

ACTS: Final = 15
_BEGAN: Final = date(2026, 3, 10)  # before Novruz: most days of the term are asked of the acts
_TEN, _THIRTY = (Term(days=days, kind="working") for days in (10, 30))
_GROUND: Final = "A law"
_AT_ONCE: Final = 20  # of so many the time is taken together: a clock costs a fiftieth of a term


def fifteen_acts() -> CalendarState:
    """Return the calendar of Azerbaijan as the tests have it, with days off in 2026 that make the acts fifteen."""
    state = calendar()
    for number in range(state.version + 1, ACTS + 1):
        day = date(2026, 3, number)
        act = LegalAct(title={"en": "One more day off"}, number=str(number), published_on=_BEGAN)
        entries = Entries(days=(NamedDay(day=day, effect="off", why="other"),), from_day=day)
        state = evolve(state, ActEntered(slug=state.slug, number=number, act=act, entries=entries))
    return state


def stopped_and_extended(clock: CaseClock) -> CaseClock:
    """Return the clock as it is when its term did not run twice, and was made longer."""
    pauses = [Pause(date(2026, 3, first), date(2026, 3, last)) for first, last in ((12, 18), (20, 24))]
    suspensions = tuple(Suspension(pause, "applicant", _GROUND) for pause in pauses)
    return clock._replace(suspensions=suspensions, extension=Extension(date(2026, 3, 25), _TEN, _GROUND))


@contextmanager
def against_monday_to_friday(_: Ground) -> Iterator[Contest]:
    """Compare with counting the days of the week."""
    state = fifteen_acts()
    known = KnownCalendar(state, state.version)
    clock = CaseClock(_BEGAN, known=1)  # as an old case has it: every act became known while the term ran
    yield Contest(
        _counting("10 days by 15 acts", partial(last_day_of, clock, _TEN, known)),
        _counting("10 days, Monday to Friday", partial(last_day, _BEGAN, _TEN)),
        (
            _counting("30 days by 15 acts", partial(last_day_of, clock, _THIRTY, known)),
            _counting("10 and 10 more, stopped twice", partial(last_day_of, stopped_and_extended(clock), _TEN, known)),
            _counting("10 days, and every cause", partial(reckon, clock, _TEN, known)),
        ),
    )


def _counting(name: str, count: Callable[[], object]) -> Contender:
    def measured(seconds: float) -> Measured:
        took: list[float] = []
        now = time.perf_counter()
        ends = now + seconds
        while len(took) < 2 or now < ends:
            began = time.perf_counter()
            for _ in range(_AT_ONCE):
                count()
            now = time.perf_counter()
            took.append((now - began) / _AT_ONCE)
        percentiles = quantiles(took, n=100)
        note = f"{percentiles[49] * 1e6:.1f} us, p99 {percentiles[98] * 1e6:.1f} us"
        return Measured(len(took) / sum(took), percentiles[49] * 1000, percentiles[98] * 1000, note)

    return Contender(name, measured)
