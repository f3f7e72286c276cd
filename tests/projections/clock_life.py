"""What time leads to in random cases, and what is done about their terms, by random numbers of their own."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID

from application.identity import calendar_stream
from application.storing import new_events
from domain.calendar.state import KnownCalendar
from domain.case import clock_commands as commands
from domain.case.clock_rules import grants_by_silence
from domain.case.commands import Command, MarkOverdue, ReopenCase
from domain.case.stage import ENDED, Stage
from domain.case.state import CaseState
from domain.envelope import CLOCK, Actor, Envelope, Origin
from domain.refusals import Refusal
from domain.values import Term
from ledger.store.entries import NewEvent
from reactions.terms import TERM_COUNTED
from tests.projections.calendar_life import CalendarLife
from tests.projections.case_life import CaseLife
from tests.projections.evidence_life import Moment

_SOON, _MOVED, _NOW_AND_THEN, _OWED, _LATE = 0.6, 0.08, 0.25, 0.1, 0.3
_LATEST = 10 * 86_400  # seconds: by then every short term is over
_GROUND: Final = "Administrative code, article 12"


class Tick(NamedTuple):
    """A moment of a case, with its calendar as it is known, and how far one can look in the ledger."""

    moment: Moment
    calendar: KnownCalendar
    position: int


Makes: TypeAlias = Callable[[Tick, Random], Command]


class ClockLife:
    """The clock of a country, and those who extend terms, make grants public and let terms begin anew."""

    def __init__(self, calendars: CalendarLife, random: Random) -> None:
        self._calendars, self._random = calendars, random
        self._to_count: dict[UUID, int] = {}

    def hear(self, events: Sequence[NewEvent]) -> None:
        """Note the cases whose term is to be counted anew, with the event that is the cause."""
        for event in events:
            if event.topic in TERM_COUNTED.topics:
                self._to_count[event.stream] = event.version

    def change(self, at: datetime, cases: Sequence[CaseLife], position: int) -> list[NewEvent]:
        """Return what happens: often nothing. `position` is that of the ledger's last event."""
        chance = self._random.random()
        events = self._counted(at, cases, position)
        position += len(events)
        if chance < _MOVED:
            events += self._moved(at, cases, position)
        elif chance < _MOVED + _NOW_AND_THEN and cases:
            events += self._happens(at, self._random.choice(cases), position)
        elif chance < _MOVED + _NOW_AND_THEN + _OWED:
            events += self._waited(at, cases, position)
        self.hear(events)
        return events

    def _counted(self, at: datetime, cases: Sequence[CaseLife], position: int) -> list[NewEvent]:
        """Return the last day of one case as it is after an event of this case."""
        waiting = [case for case in cases if case.stream in self._to_count]
        if not waiting or self._random.random() > _SOON:
            return []
        case = self._random.choice(waiting)
        return self._done(case, at, _count, position, f"{case.stream}:{self._to_count.pop(case.stream)}")

    def _moved(self, at: datetime, cases: Sequence[CaseLife], position: int) -> list[NewEvent]:
        """Return the last days that the newest act of a calendar has moved, of all cases that are counted by it."""
        events: list[NewEvent] = []
        for slug in sorted(self._calendars.calendars):
            cause = f"{calendar_stream(slug)}:{self._calendars.calendars[slug].version}"
            for case in cases:
                if case.state is not None and case.state.clock.calendar == slug:
                    events += self._done(case, at, _count, position, cause)
        return events

    def _waited(self, at: datetime, cases: Sequence[CaseLife], position: int) -> list[NewEvent]:
        """Return what comes of it that somebody has not done for days what they owe."""
        owing = [case for case in cases if case.state is not None and _is_owed_something(case.state)]
        if not owing:
            return []
        case = self._random.choice(owing)
        at += timedelta(seconds=self._random.randrange(_LATEST))
        done = self._done(case, at, _lapse, position, f"{case.stream}:1")
        return done or self._done(case, at, _note, position, f"{case.stream}:1")

    def _happens(self, at: datetime, case: CaseLife, position: int) -> list[NewEvent]:
        """Return the first of what may happen, in a random order, that the domain allows."""
        if self._random.random() < _LATE:  # the clock's own time, so late that nobody else does anything
            at += timedelta(seconds=self._random.randrange(_LATEST))
        for make in self._random.sample(_MAKES, len(_MAKES)):
            if done := self._done(case, at, make, position, f"{case.stream}:1"):
                return done
        return []

    def _done(self, case: CaseLife, at: datetime, make: Makes, position: int, cause: str) -> list[NewEvent]:
        if case.state is None or (case.state.stage in ENDED and case.origin == "import"):
            return []
        calendar, whisper = self._calendars.known(case.state.clock.calendar), f"{self._random.random()}"
        version = case.version
        with suppress(Refusal):
            turn = case.happens(at, lambda moment: make(Tick(moment, calendar, position), self._random), whisper)
            by_the_clock = turn.actor == CLOCK
            origin: Origin = "clock" if by_the_clock else case.origin
            envelope = Envelope(
                actor=turn.actor,
                agencies=case.concerned,
                occurred_at=turn.at,
                origin=origin,
                causation=cause if by_the_clock else None,
            )
            return new_events(case.stream, version, turn.events, envelope, case.key)
        return []


def _is_owed_something(case: CaseState) -> bool:
    """Return whether an applicant owes an answer, or an agency a publication."""
    grant = case.clock.silent_grant
    return case.stage is Stage.AWAITING_APPLICANT or (grant is not None and not grant.published)


def _count(tick: Tick, _: Random) -> Command:
    return commands.CountTerm(tick.moment.at, tick.moment.day, tick.moment.service, tick.calendar)


def _lapse(tick: Tick, _: Random) -> Command:
    return commands.LapseCase(tick.moment.at, tick.moment.day, tick.moment.service, tick.calendar)


def _warn(tick: Tick, _: Random) -> Command:
    return commands.WarnOfLastDay(tick.moment.at, tick.moment.day, tick.moment.service, tick.calendar)


def _escalate(tick: Tick, _: Random) -> Command:
    return commands.EscalateCase(tick.moment.at, tick.moment.day, tick.moment.service, tick.calendar)


def _late(tick: Tick, _: Random) -> Command:
    """Return the grant where silence is an answer, and else the mark."""
    moment, calendar = tick.moment, tick.calendar
    if grants_by_silence(moment.service, moment.case):
        return commands.GrantBySilence(moment.at, moment.day, moment.service, calendar, tick.position)
    return MarkOverdue(moment.at, moment.day, CLOCK, moment.service, calendar=calendar)


def _note(tick: Tick, _: Random) -> Command:
    return commands.NoteUnpublishedGrant(tick.moment.at, tick.moment.day)


def _publish(tick: Tick, random: Random) -> Command:
    agency = Actor(role="agency", pseudonym=tick.moment.case.agency)
    return commands.PublishSilentGrant(tick.moment.at, tick.moment.day, agency, f"Gazette {random.randrange(99)}")


def _extend(tick: Tick, random: Random) -> Command:
    moment, allowed = tick.moment, tick.moment.service.extension or Term(days=1, kind="calendar")
    official = Actor(role="official", pseudonym=moment.case.official or "nobody")
    by = Term(days=random.randrange(1, allowed.days + 1), kind=allowed.kind)
    reason = None if moment.case.applicant_is_erased else moment.whisper
    return commands.ExtendTerm(moment.at, moment.day, official, moment.service, tick.calendar, by, _GROUND, reason)


def _begin_anew(tick: Tick, random: Random) -> Command:
    moment, term = tick.moment, random.choice((None, Term(days=2, kind="working"), Term(days=3, kind="calendar")))
    words = None if moment.case.applicant_is_erased else moment.whisper
    agency = Actor(role="agency", pseudonym="agency")
    return ReopenCase(moment.at, moment.day, agency, "Decision 5", words, clock="begins_anew", term=term)


_MAKES: Final[Sequence[Makes]] = (
    _lapse,
    _warn,
    _warn,
    _escalate,
    _late,
    _late,
    _publish,
    _extend,
    _extend,
    _begin_anew,
)
