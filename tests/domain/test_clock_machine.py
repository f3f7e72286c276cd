"""Cases under a calendar that gets acts, with the clock acting now and then: what is true after every step."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from consumers.cases_moved import first_day_of
from domain.calendar.commands import EnterAct
from domain.calendar.decisions import decide as decide_calendar
from domain.calendar.state import CalendarState, KnownCalendar
from domain.calendar.state import evolve as evolve_calendar
from domain.calendar.values import CountingRules, Entries, LegalAct, NamedDay, YearlyDay
from domain.case.clock_commands import ExtendTerm, PublishSilentGrant
from domain.case.clock_events import CaseEscalated, CaseLapsed, CaseNearsItsLastDay, GrantedBySilence, TermCounted
from domain.case.commands import Command
from domain.case.decisions import decide
from domain.case.events import CaseBecameOverdue, CaseDecided, CaseReopened, CaseWithdrawn
from domain.case.stage import Stage
from domain.case.state import CaseState
from domain.clock.reckoning import last_day_of, reckon
from domain.envelope import COORDINATOR, Envelope
from domain.event import Event
from domain.refusals import Refusal
from domain.service.definition import PublishedService, ServiceDefinition, Timing
from domain.values import Term
from reactions.clock import CLOCK_OF_CASE, ByTheClock
from reactions.reaction import Seen
from reactions.terms import TERM_COUNTED, TERM_MOVED, CountedBy
from tests.domain.case_in_memory import CaseInMemory
from tests.domain.clock_examples import OPENED
from tests.domain.given_when_then import fold
from tests.domain.town import (
    AGENCY,
    AT,
    OFFICIAL,
    SERVICE,
    answer,
    ask,
    assign,
    close,
    reopen,
    settle,
    submit,
    withdraw,
)

BAKU = ZoneInfo("Asia/Baku")
CALENDAR_STREAM = UUID(int=99)
ENVELOPE = Envelope(actor=OFFICIAL, agencies=("town",), occurred_at=AT, origin="live")
SOON = Timing(
    warned_before=Term(days=2, kind="working"),
    escalated_after=Term(days=4, kind="working"),
    silence_published_within=Term(days=3, kind="working"),
)
SUSPENDED = SOON.model_copy(update={"suspended_for_answers": "Administrative code, article 12"})
LAPSING = SOON.model_copy(
    update={"answers_within": Term(days=6, kind="calendar"), "lapses_on": "Licences law, article 18"}
)
MOST_ACTS = 10
EXTENSION = Term(days=3, kind="working")

NAMED = st.dictionaries(
    st.integers(-5, 20), st.sampled_from(["off", "off", "working", "working", "usual"]), min_size=1, max_size=6
)
"""The days of an act, counted from the day on which it is entered."""


def service(slug: str, timing: Timing, term: Term, *, silent: bool = False) -> ServiceDefinition:
    parts = {"slug": slug, "timing": timing, "term": term, "extension": EXTENSION, "silent_approval": silent}
    return SERVICE.model_copy(update=parts)


SERVICES = (
    service("overdue", SUSPENDED, Term(days=8, kind="working")),
    service("silent", SUSPENDED, Term(days=12, kind="calendar"), silent=True),
    service("lapsing", LAPSING, Term(days=6, kind="working"), silent=True),
)


class Recorded(NamedTuple):
    """What was said of a case's last day when the clock had caught up: after so many events, by so many acts."""

    events: int
    version: int
    said: date | None


class Case(CaseInMemory):
    """A case with its events, and how far the clock has reacted to them."""

    def __init__(self, case_id: UUID, definition: ServiceDefinition) -> None:
        super().__init__(case_id)
        self.service = definition
        self.reacted = 0
        self.recorded: list[Recorded] = []

    @property
    def now(self) -> CaseState:
        assert self.state is not None
        return self.state

    @property
    def round(self) -> Sequence[Event]:
        """The events since the submission, or since an order has opened the case again."""
        opened = [place for place, event in enumerate(self.events) if isinstance(event, CaseReopened)]
        return self.events[opened[-1] :] if opened else self.events

    def allows(self, command: Command) -> bool:
        try:
            return bool(decide(command, self.state))
        except Refusal:
            return False


class Clock(RuleBasedStateMachine):
    """Asks for anything on any day; what is refused changes nothing. The clock acts, or is stopped in the middle."""

    def __init__(self) -> None:
        super().__init__()
        self.today = date(2026, 11, 24)
        self.calendar: CalendarState | None = None
        self.cases: list[Case] = []

    @initialize(
        counting=st.builds(
            CountingRules,
            first_day_counted=st.booleans(),
            last_day_off=st.sampled_from(["stays", "next_working_day"]),
            least_working_days=st.sampled_from([0, 2, 9]),
            shortening=st.sampled_from(["never", "allowed"]),
        )
    )
    def open(self, counting: CountingRules) -> None:
        entries = OPENED.entries.model_copy(update={"counting": counting})
        self.calendar = evolve_calendar(None, OPENED.model_copy(update={"entries": entries}))
        self.kept = 1  # up to which act of the calendar all cases were counted
        for of in SERVICES:
            self.submits(of)

    # Who is asked, and when.

    @property
    def at(self) -> datetime:
        return datetime.combine(self.today, time(9), BAKU).astimezone(UTC)

    @property
    def known(self) -> KnownCalendar:
        assert self.calendar is not None
        return KnownCalendar(self.calendar, self.calendar.version)

    @property
    def when(self) -> dict[str, Any]:
        return {"at": self.at, "local_date": self.today}

    def case(self, number: int) -> Case:
        return self.cases[number % len(self.cases)]

    # What people do.

    def submits(self, of: ServiceDefinition) -> None:
        case = Case(UUID(int=len(self.cases) + 1), of)
        self.cases.append(case)
        published = PublishedService(of, 2)
        assert case.asks(submit(**self.when, case_id=case.id, service=published, calendar=self.known))
        case.asks(assign(at=self.at))

    some_case = st.integers(0, 2)

    @rule(number=some_case, choices=st.lists(st.integers(0, 200), min_size=1, max_size=4))
    def people_do_what_is_allowed(self, number: int, choices: list[int]) -> None:
        for choice in choices:
            self.somebody_does_what_is_allowed(number, choice)

    def somebody_does_what_is_allowed(self, number: int, choice: int) -> None:
        """Carry out one of the commands that the domain allows now."""
        case, term = self.case(number), Term(days=1 + choice % 9, kind="working")
        why = "Administrative code, article 14"
        commands: list[Command] = [
            assign(at=self.at),
            ask(**self.when),
            answer(**self.when),
            ExtendTerm(self.at, self.today, OFFICIAL, case.service, self.known, EXTENSION, why, "Many plans."),
            settle(**self.when),
            close(**self.when),
            PublishSilentGrant(self.at, self.today, AGENCY, "Gazette 340"),
            reopen(**self.when, clock="begins_anew", term=term),
            reopen(**self.when, clock="begins_anew"),
            reopen(**self.when),
            withdraw(**self.when),
        ]
        if choice % 10 or case.now.official is None:
            commands.pop()  # people withdraw now and then only
        if case.now.official is not None:
            commands.pop(0)
        allowed = [command for command in commands if case.allows(command)]
        if allowed:
            assert case.asks(allowed[choice % len(allowed)])

    @rule(number=some_case, choice=st.integers(0, 2))
    def somebody_does_what_may_be_too_late(self, number: int, choice: int) -> None:
        why = "Administrative code, article 14"
        extend = ExtendTerm(
            self.at, self.today, OFFICIAL, self.case(number).service, self.known, EXTENSION, why, "Many plans."
        )
        late: list[Command] = [settle(**self.when), extend, answer(**self.when)]
        self.case(number).asks(late[choice])

    @rule(number=some_case, later=st.sampled_from([0, 1, 1, 1, 2, 12]))
    def a_last_day_comes(self, number: int, later: int) -> None:
        last = self.case(number).now.last_day
        if last is not None and (day := last + timedelta(days=later)) > self.today:
            self.today = day
            self.the_clock_acts()

    # What the law does.

    @rule(entered=st.data(), kind=st.sampled_from(["days", "days", "days", "every year", "week", "ends"]))
    def an_act_is_entered(self, entered: st.DataObject, kind: str) -> None:
        def ahead(first: int, last: int) -> date:
            return self.today + timedelta(days=entered.draw(st.integers(first, last)))

        match kind:
            case "days":
                named = entered.draw(NAMED)
                days = [
                    NamedDay(day=self.today + timedelta(days=n), effect=is_, why="other") for n, is_ in named.items()
                ]
                self.enters(Entries(days=tuple(days), from_day=self.today))
            case "every year":
                day = ahead(-3, 20)
                holiday = YearlyDay(month=day.month, day=day.day, name={"en": "Holiday"}, carried_over=True)
                to_day = entered.draw(st.sampled_from([None, self.today + timedelta(days=400)]))
                self.enters(Entries(every_year=(holiday,), from_day=self.today, to_day=to_day))
            case "week":
                rest = entered.draw(st.sampled_from([(7,), (6, 7), (5, 6)]))
                self.enters(Entries(rest_days=rest, from_day=ahead(-3, 20)))
            case _:
                self.enters(Entries(ends=(entered.draw(st.integers(1, 6)),), from_day=self.today))

    def enters(self, entries: Entries) -> None:
        assert self.calendar is not None
        if self.calendar.version > MOST_ACTS:
            return
        act = LegalAct(title={"en": "Decree"}, number=f"{self.calendar.version}", published_on=self.today)
        try:
            events = decide_calendar(EnterAct(self.at, COORDINATOR, act, entries), self.calendar)
        except Refusal:
            return
        for event in events:
            self.calendar = evolve_calendar(self.calendar, event)

    # What time does.

    @rule(days=st.sampled_from([1, 1, 2, 3, 5, 8, 13, 30]))
    def days_pass(self, days: int) -> None:
        self.today += timedelta(days=days)

    @rule(stops_after=st.integers(0, 4))
    def the_clock_begins_to_act_and_is_stopped(self, stops_after: int) -> None:
        """Do a part of what is due; no position is kept, so that it is begun anew."""
        steps = self.steps(keeps=False)
        for _ in range(stops_after):
            next(steps, None)

    @rule()
    def the_clock_acts(self) -> None:
        self.catches_up()
        self.nothing_is_left_to_do()
        self.every_case_whose_last_day_is_over_stands_somewhere()
        self.a_case_is_what_its_events_say()
        self.the_causes_of_a_last_day_end_with_it()
        self.no_act_alone_moves_a_last_day_back_where_the_law_forbids_it()

    def catches_up(self) -> None:
        for _ in range(200):
            if not list(self.steps(keeps=True)):
                break
        else:
            raise AssertionError("the clock never comes to an end")
        for case in self.cases:
            if not case.now.has_ended and case.now.outcome is None:
                assert case.now.last_day == last_day_of(case.now.clock.clock, case.service.term, self.known)
                case.recorded.append(Recorded(len(case.events), self.known.version, case.now.last_day))

    def steps(self, *, keeps: bool) -> Iterator[Event]:
        """Do what events, acts and time lead to, one event after the other."""
        for case in self.cases:
            yield from self.reacts(case)
            if keeps:
                case.reacted = len(case.events)
        if self.known.version > self.kept:
            for case in self.cases:
                yield from self.is_moved_by_acts(case)
            if keeps:
                self.kept = self.known.version
        for case in self.cases:
            by = ByTheClock(case.service, self.known, sum(len(each.events) for each in self.cases))
            for number, wanted in enumerate(CLOCK_OF_CASE.due(case.id, case.now, by, self.at)):
                yield from case.carries_out(CLOCK_OF_CASE.name, number, wanted)

    def reacts(self, case: Case) -> Iterator[Event]:
        for place in range(case.reacted, len(case.events)):
            event = case.events[place]
            if event.topic in TERM_COUNTED.topics:
                after = fold(case.events[: place + 1])
                assert after is not None
                seen = Seen(case.id, place + 1, event, ENVELOPE)
                by = CountedBy(case.service, self.known, CALENDAR_STREAM)
                for number, wanted in enumerate(TERM_COUNTED.react(seen, after, by, self.at)):
                    yield from case.carries_out(TERM_COUNTED.name, number, wanted)

    def is_moved_by_acts(self, case: Case) -> Iterator[Event]:
        before, was_caught_up = case.now, case.reacted == len(case.events)
        by = CountedBy(case.service, self.known, CALENDAR_STREAM)
        for number, wanted in enumerate(TERM_MOVED.due(case.id, case.now, by, self.at)):
            for event in case.carries_out(TERM_MOVED.name, number, wanted):
                if isinstance(event, TermCounted) and was_caught_up:
                    self.may_be_moved(case, before.last_day, event.last_day)
                yield event

    def may_be_moved(self, case: Case, before: date | None, after: date | None) -> None:
        """Check what an act alone has moved: a day that an act speaks of, and never back where the law forbids it."""
        calendar = self.known.state
        assert calendar is not None
        assert before is not None
        assert after is not None
        spoken_of = [first_day_of(each.entries) for each in calendar.acts[self.kept :]]
        assert before >= min(spoken_of), "the host would not have looked at this case"
        if calendar.known_at(self.known.version).counting(case.now.clock.clock.began).shortening == "never":
            assert after >= before

    # What is true.

    def nothing_is_left_to_do(self) -> None:
        before = [list(case.events) for case in self.cases]
        assert not list(self.steps(keeps=True))
        self.kept = 1  # as if nothing had been kept
        for case in self.cases:
            case.reacted = 0
        assert not list(self.steps(keeps=True))
        assert before == [case.events for case in self.cases]

    def every_case_whose_last_day_is_over_stands_somewhere(self) -> None:
        for case in self.cases:
            state, events = case.now, case.round
            last = last_day_of(state.clock.clock, case.service.term, self.known)
            if last is not None and self.today > last:
                is_undecided = state.outcome is None and not state.has_ended
                stands = [
                    any(isinstance(event, CaseDecided) for event in events),
                    any(isinstance(event, GrantedBySilence) for event in events),
                    any(isinstance(event, CaseLapsed | CaseWithdrawn) for event in events),
                    is_undecided and state.clock.clock.is_suspended,
                    is_undecided and state.marked_overdue_on is not None,
                ]
                assert stands.count(True) == 1, stands

    def a_case_is_what_its_events_say(self) -> None:
        for case in self.cases:
            assert fold(case.events) == case.state

    @invariant()
    def silence_and_a_decision_exclude_each_other(self) -> None:
        for case in self.cases:
            granted = [event for event in case.round if isinstance(event, GrantedBySilence)]
            decided = [event for event in case.round if isinstance(event, CaseDecided)]
            assert len(granted) + len(decided) <= 1
            assert case.now.is_granted_by_silence == bool(granted)
            assert not granted or case.service.silent_approval
            if granted and granted[0].publish_by is not None and case.now.has_ended:
                assert case.now.clock.silent_grant is not None
                assert case.now.clock.silent_grant.published

    @invariant()
    def a_term_is_suspended_while_the_applicant_owes_an_answer_and_the_law_says_so(self) -> None:
        for case in self.cases:
            owes = case.now.stage is Stage.AWAITING_APPLICANT
            assert case.now.clock.clock.is_suspended == (owes and case.service.timing is SUSPENDED)

    @invariant()
    def what_time_leads_to_is_said_once_and_not_before_its_time(self) -> None:
        for case in self.cases:
            began, warned, escalated = case.events[0], None, 0
            marked: set[object] = set()
            decided = False
            for event in case.events:
                decided = (decided or isinstance(event, CaseDecided)) and not isinstance(event, CaseReopened)
                match event:
                    case CaseReopened() if event.clock == "begins_anew":
                        began, warned, escalated = event, None, 0
                    case CaseNearsItsLastDay():
                        assert warned != event.last_day >= event.local_date
                        warned = event.last_day
                    case CaseEscalated():
                        assert event.number == escalated + 1
                        assert event.local_date > event.last_day
                        escalated = event.number
                    case CaseBecameOverdue():
                        assert id(began) not in marked
                        assert not decided
                        assert event.local_date > event.last_day
                        marked.add(id(began))
                    case GrantedBySilence():
                        assert event.local_date > event.last_day
                    case CaseLapsed():
                        assert event.local_date > event.answer_by

    def the_causes_of_a_last_day_end_with_it(self) -> None:
        for case in self.cases:
            clock, term = case.now.clock.clock, case.service.term
            assert reckon(clock, term, self.known).last_day == last_day_of(clock, term, self.known)

    def no_act_alone_moves_a_last_day_back_where_the_law_forbids_it(self) -> None:
        for case in self.cases:
            clock = case.now.clock.clock
            if clock.is_suspended or case.now.clock.begun_anew or self.known.working is None:
                continue
            if self.known.working.counting(clock.began).shortening == "never":
                assert self.known.state is not None
                versions = range(max(1, clock.known or 1), self.known.version + 1)
                days = [
                    last_day_of(clock, case.service.term, KnownCalendar(self.known.state, each)) for each in versions
                ]
                assert days == sorted(day for day in days if day is not None)

    def teardown(self) -> None:
        """Count every last day that was ever said once more, from the events and the acts that were known then."""
        if self.cases:
            self.the_clock_acts()
        for case in self.cases:
            for events, version, said in case.recorded:
                assert self.calendar is not None
                then = fold(case.events[:events])
                assert then is not None
                known = KnownCalendar(self.calendar, version)
                assert last_day_of(then.clock.clock, case.service.term, known) == said


Clock.TestCase.settings = settings(
    max_examples=60, stateful_step_count=40, phases=[Phase.generate], deadline=None, database=None
)
test_the_clock_keeps_the_law_in_any_order = Clock.TestCase
