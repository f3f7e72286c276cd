"""A year of cases, day by day: people act by a plan, and the clock looks at a case on the days on which it may be due.

Which days those are is only a guess that saves time; what is due is decided by the very rule of the clock.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from random import Random
from typing import Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.calendar.state import KnownCalendar
from domain.case.clock_commands import PublishSilentGrant
from domain.case.clock_events import GrantedBySilence, SilentGrantPublished
from domain.case.events import CaseDecided
from domain.case.state import CaseState
from domain.clock.reckoning import last_day_after
from domain.envelope import Envelope
from domain.service.definition import PublishedService, ServiceDefinition, Timing
from domain.values import Term
from reactions.clock import CLOCK_OF_CASE, ByTheClock
from reactions.reaction import Seen
from reactions.terms import TERM_COUNTED, CountedBy
from tests.calendars.azerbaijan import calendar
from tests.domain.case_in_memory import CaseInMemory
from tests.domain.town import (
    AGENCY,
    AT,
    OFFICIAL,
    SERVICE,
    answer,
    ask,
    assign,
    close,
    settle,
    submit,
    withdraw,
)

FIRST: Final = date(2026, 1, 1)
LAST: Final = date(2026, 12, 31)
CLOSED: Final = (date(2026, 7, 1), date(2026, 8, 9))  # 40 days on which nobody comes, so that the clock may stand
LATE: Final = 60  # days to a late publication: more than those on which the clock stands
_OVER: Final = date(2027, 6, 30)
_BAKU: Final = ZoneInfo("Asia/Baku")
_ONE_DAY: Final = timedelta(days=1)
_ENVELOPE: Final = Envelope(actor=OFFICIAL, agencies=("town",), occurred_at=AT, origin="live")
KNOWN: Final = KnownCalendar(calendar(), calendar().version)


def _service(slug: str, term: Term, timing: Timing, *, silent: bool = False) -> ServiceDefinition:
    return SERVICE.model_copy(update={"slug": slug, "term": term, "timing": timing, "silent_approval": silent})


_WARNED: Final = Term(days=2, kind="working")
SERVICES: Final = (
    _service(
        "overdue",
        Term(days=10, kind="working"),
        Timing(
            warned_before=_WARNED,
            escalated_after=Term(days=5, kind="working"),
            suspended_for_answers="Administrative code, article 12",
        ),
    ),
    _service(
        "silence",
        Term(days=20, kind="calendar"),
        Timing(warned_before=_WARNED, silence_published_within=Term(days=5, kind="working")),
        silent=True,
    ),
    _service(
        "lapse",
        Term(days=15, kind="working"),
        Timing(
            warned_before=_WARNED,
            answers_within=Term(days=10, kind="calendar"),
            lapses_on="Licences law, article 18",
            suspended_for_answers="Administrative code, article 12",
        ),
    ),
)


class Plan(NamedTuple):
    """What people will do in a case, and on which days; None: they never do."""

    submits: date
    asks: date | None
    answers: date | None
    decides: date
    withdraws: date | None
    publishes_after: int


def plan_of(number: int) -> Plan:
    """Return the plan of a case: by its number, and by nothing else."""
    draw = Random(number)
    submits = _open(FIRST + timedelta(days=draw.randrange((LAST - FIRST).days + 1)))
    asks = _open(submits + timedelta(days=draw.randint(1, 6))) if draw.random() < 0.4 else None
    is_answered = SERVICES[number % len(SERVICES)].timing.answers_within is None or draw.random() < 0.6
    answers = _open(asks + timedelta(days=draw.randint(0, 9))) if asks and is_answered else None
    decides = _open(submits + timedelta(days=draw.choice([5, 10, 13, 20, 60, 90])))
    withdraws = _open(submits + timedelta(days=draw.randint(1, 30))) if draw.random() < 0.05 else None
    return Plan(submits, asks, answers, decides, withdraws, draw.choice([1, 1, LATE]))


def _open(day: date) -> date:
    """Return the day, or the first one on which anybody comes again."""
    return CLOSED[1] + _ONE_DAY if CLOSED[0] <= day <= CLOSED[1] else day


class Case(CaseInMemory):
    """A case, and what was done in it."""

    def __init__(self, number: int) -> None:
        super().__init__(UUID(int=number + 1))
        self.plan, self.service = plan_of(number), SERVICES[number % len(SERVICES)]


class Year:
    """A year of cases; `stands` are the first and the last day on which the clock does not act."""

    def __init__(
        self, numbers: Sequence[int], *, stands: tuple[date, date] | None = None, asks_all: bool = False
    ) -> None:
        self.cases = [Case(number) for number in numbers]
        self.looks = 0
        self._stands, self._asks_all = stands, asks_all
        self._planned: defaultdict[date, list[tuple[Case, Callable[[Case], None]]]] = defaultdict(list)
        self._due: defaultdict[date, dict[UUID, Case]] = defaultdict(dict)
        self._today = FIRST
        for case in self.cases:
            self._plan(case)

    def passes(self) -> "Year":
        """Let the days pass, until long after the year."""
        waiting: dict[UUID, Case] = {}
        while self._today <= _OVER:
            waiting |= self._due.pop(self._today, {})
            if self._stands is None or not self._stands[0] <= self._today <= self._stands[1]:
                for case in self.cases if self._asks_all else list(waiting.values()):
                    self._clock_looks_at(case)
                waiting = {}
            for case, does in self._planned.pop(self._today, ()):
                self._somebody(case, does)
            self._today += _ONE_DAY
        return self

    # What people do.

    def _plan(self, case: Case) -> None:
        plan = case.plan
        self._planned[plan.submits].append((case, self._submits))
        for day, does in (
            (plan.asks, lambda case: case.asks(ask(**self._when))),
            (plan.answers, lambda case: case.asks(answer(**self._when))),
            (plan.withdraws, lambda case: case.asks(withdraw(**self._when))),
            (plan.decides, lambda case: case.asks(settle(**self._when))),
            (plan.decides, lambda case: case.asks(close(**self._when))),
        ):
            if day is not None:
                self._planned[day].append((case, does))

    @property
    def _when(self) -> Mapping[str, date | datetime]:
        return {"at": self._at, "local_date": self._today}

    @property
    def _at(self) -> datetime:
        return datetime.combine(self._today, time(0, 0, 1), _BAKU).astimezone(UTC)

    def _submits(self, case: Case) -> None:
        published = PublishedService(case.service, 2)
        case.asks(submit(**self._when, case_id=case.id, service=published, calendar=KNOWN))
        case.asks(assign(at=self._at))

    def _publishes(self, case: Case) -> None:
        case.asks(PublishSilentGrant(self._at, self._today, AGENCY, "Gazette 340"))
        case.asks(close(**self._when))

    def _somebody(self, case: Case, does: Callable[[Case], None]) -> None:
        before = len(case.events)
        does(case)
        self._counts(case, before)
        if len(case.events) > before:
            self._comes_again(case)
        elif does is not self._submits and case.state is not None and case.state.clock.asked_on is not None:
            self._decides_later(case)

    def _decides_later(self, case: Case) -> None:
        """Let the official decide a week after an answer, where the plan was to decide while one was owed."""
        assert case.state is not None
        if self._today >= case.plan.decides and case.state.outcome is None and not case.state.has_ended:
            week = _open(self._today + timedelta(days=7))
            if (case, self._decides) not in self._planned[week]:
                self._planned[week].append((case, self._decides))

    def _decides(self, case: Case) -> None:
        case.asks(settle(**self._when))
        case.asks(close(**self._when))

    # What the clock does.

    def _counts(self, case: Case, before: int) -> None:
        for place in range(before, len(case.events)):
            event = case.events[place]
            if event.topic in TERM_COUNTED.topics:
                seen = Seen(case.id, place + 1, event, _ENVELOPE)
                for number, wanted in enumerate(
                    TERM_COUNTED.react(seen, case.state, CountedBy(case.service, KNOWN), self._at)
                ):
                    case.carries_out(TERM_COUNTED.name, number, wanted)

    def _clock_looks_at(self, case: Case) -> None:
        if case.state is None or case.state.has_ended:
            return
        self.looks += 1
        before = len(case.events)
        by = ByTheClock(case.service, KNOWN, 1 + self.looks)
        done = -1
        while done != len(case.events):
            done = len(case.events)
            for number, wanted in enumerate(CLOCK_OF_CASE.due(case.id, case.state, by, self._at)):
                case.carries_out(CLOCK_OF_CASE.name, number, wanted)
        for event in case.events[before:]:
            if isinstance(event, GrantedBySilence):
                published = self._today + timedelta(days=case.plan.publishes_after)
                self._planned[published].append((case, self._publishes))
        self._comes_again(case)

    def _comes_again(self, case: Case) -> None:
        """Note the days on which the clock may have something to say of the case."""
        state = case.state
        if state is None or state.has_ended:
            return
        for day in _days_on_which(state, case.service.timing):
            if day > self._today:
                self._due[day][case.id] = case


def _days_on_which(state: CaseState, timing: Timing) -> Iterator[date]:
    clock, last = state.clock, state.last_day
    if clock.asked_on is not None and timing.answers_within is not None:
        yield last_day_after(clock.asked_on, timing.answers_within, KNOWN) + _ONE_DAY
    if clock.silent_grant is not None and clock.silent_grant.publish_by is not None:
        yield clock.silent_grant.publish_by + _ONE_DAY
    if last is None or state.outcome is not None:
        return
    yield _warned_on(last)
    yield last + _ONE_DAY
    if timing.escalated_after is not None:
        waited = timing.escalated_after.days * (clock.escalations + 1)
        yield last_day_after(last, Term(days=waited, kind=timing.escalated_after.kind), KNOWN) + _ONE_DAY


@cache
def _warned_on(last: date) -> date:
    day = last
    while last_day_after(day - _ONE_DAY, _WARNED, KNOWN) >= last:
        day -= _ONE_DAY
    return day


def ends_of(case: Case) -> list[str]:
    """Return in which ways a case has ended: there must be one."""
    kinds = {type(event) for event in case.events}
    ways = {
        "decided": CaseDecided in kinds,
        "granted": GrantedBySilence in kinds,
        "lapsed": any(event.topic == "case.lapsed" for event in case.events),
        "withdrawn": any(event.topic == "case.withdrawn" for event in case.events),
    }
    assert (GrantedBySilence in kinds) >= (SilentGrantPublished in kinds)
    return [way for way, is_so in ways.items() if is_so]
