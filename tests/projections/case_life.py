"""A random case: at each turn something happens that the domain allows."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple, Protocol
from uuid import UUID

from domain.agency.events import DeskOfAgency
from domain.agency.state import AgencyState
from domain.calendar.state import MONDAY_TO_FRIDAY, KnownCalendar
from domain.case import commands
from domain.case.assignment_commands import MoveCase
from domain.case.deadlines import end_of, local_date
from domain.case.decisions import decide
from domain.case.events import AssignmentRule, Outcome
from domain.case.state import CaseState, evolve
from domain.envelope import DRAW, Actor, Origin
from domain.event import Event
from domain.refusals import Refusal
from domain.register.state import RegisterState
from domain.service.definition import PublishedService
from ledger.vault.person_key import CaseKey
from tests.domain.town import CLOCK, WINDOW
from tests.projections.evidence_life import Happenings, Moment, what_may_happen
from tests.projections.message_life import written
from tests.projections.service_life import DESKS

WHISPER = "whispered"
_OFTEN = 0.93
_AGENCY = Actor(role="agency", pseudonym="agency")
_ANSWERS = {"person.birth_date": "1990-02-28", "person.phone": WHISPER, "plot.area": "12.50", "plot.kind": "shed"}


class Turn(NamedTuple):
    """An event, and who caused it."""

    events: Sequence[Event]
    actor: Actor
    at: datetime


class KnownRegister(Protocol):
    """The register of resources after so many of its events."""

    state: RegisterState | None
    version: int


class KnownCalendars(Protocol):
    """The calendars as they are known now."""

    def known(self, slug: str | None) -> KnownCalendar: ...

    def of_agency(self, slug: str) -> KnownCalendar: ...


class CaseLife:
    """A case of a published service. One in four comes from another system, with its own instants and last day.

    It asks resources for evidence only if there is a register. What happens then is drawn `aside`, if that is given.
    Without calendars, Monday to Friday are worked.
    """

    def __init__(
        self,
        service: PublishedService,
        time_zone: str,
        random: Random,
        register: KnownRegister | None = None,
        aside: Random | None = None,
        of_evidence: Happenings = what_may_happen,
        calendars: KnownCalendars | None = None,
    ) -> None:
        self._service, self._time_zone, self._random = service, time_zone, random
        self._register, self._aside, self._of_evidence = register, aside, of_evidence
        self._calendars = calendars
        self.stream = self._id()
        self.origin: Origin = "import" if random.random() < 0.25 else "live"
        self.key = CaseKey(self._id(), random.randbytes(32), "applicant")
        self.version = self._written = 0
        self._state: CaseState | None = None
        self._applicant = Actor(role="applicant", pseudonym=str(self.key.key_ref))
        self._officials = [Actor(role="official", pseudonym=str(self._id())) for _ in range(2)]

    def turn(self, at: datetime) -> Turn | None:
        """Return what happens next; None when nothing more can happen."""
        if self._state is None:
            return self._done(self._submission(at), None)
        asks = self._state.evidence.requests or self._state.evidence.missing
        if asks and self._aside is not None and self._aside.random() < _OFTEN:
            for happens in self._of_evidence(self._aside):
                with suppress(Refusal):
                    moment = self._moment(at, self._state, f"{WHISPER} {self._aside.random()}")
                    if (turn := self._done(happens(moment), self._state)).events:
                        return turn
        builds = self._random.sample(list(_BUILDS), sum(_BUILDS.values()), counts=list(_BUILDS.values()))
        for build in builds:
            try:
                return self._done(build(self, at, self._state), self._state)
            except Refusal:
                continue
        return None

    def write(self, at: datetime, beside: Random) -> Turn | None:
        """Return what a side of the case does about messages; None when it has not begun or comes from elsewhere."""
        if self._state is None or self.origin == "import":
            return None
        return self.happens(at, lambda moment: written(moment, beside), f"{beside.random()}")

    def happens(self, at: datetime, make: Callable[[Moment], commands.Command], whisper: str) -> Turn:
        """Return what happens beside the turns of the case, which has begun; whoever makes it draws what it needs."""
        assert self._state is not None
        turn = self._done(make(self._moment(at, self._state, f"{WHISPER} {whisper}")), self._state)
        self._written += len(turn.events)
        return turn

    @property
    def state(self) -> CaseState | None:
        """The case as it is now; None before its submission."""
        return self._state

    @property
    def concerned(self) -> tuple[str, ...]:
        """The agencies that hear of the case."""
        return self._state.concerned if self._state else (self._service.definition.agency,)

    @property
    def agency(self) -> str:
        """The agency that works on the case."""
        return self.concerned[0]

    def stand_in(self, agencies: Mapping[str, AgencyState]) -> DeskOfAgency | None:
        """Return the desk that stands in for the case's; None if none does, or the case comes from elsewhere."""
        if self._state is None or self.origin == "import":
            return None
        return agencies[self._state.agency].stand_ins.get(self._state.desk)

    def move(self, at: datetime, to: DeskOfAgency) -> Turn:
        """Return how the case goes to the desk that stands in for its own, where nobody sits."""
        return self.happens(at, lambda moment: MoveCase(moment.at, DRAW, to, "too_few", 0, 0, 0, 0), "")

    @property
    def _turns(self) -> int:
        """How much has happened in turns of the case, so that what comes of a seed stays as it was."""
        return self.version - self._written

    def _moment(self, at: datetime, state: CaseState, words: str) -> Moment:
        definition = self._service.definition
        return Moment(at, self._time_zone, self.stream, state, definition, self._applicant, words)

    def _done(self, command: commands.Command, state: CaseState | None) -> Turn:
        events = decide(command, state)
        for event in events:
            self._state = evolve(self._state, event)
        self.version += len(events)
        return Turn(events, command.actor, command.at)

    def _id(self) -> UUID:
        return UUID(int=self._random.getrandbits(128))

    def _words(self, state: CaseState) -> str | None:
        return None if state.applicant_is_erased else f"{WHISPER} {self._random.random()}"

    def _official(self, state: CaseState) -> Actor:
        return Actor(role="official", pseudonym=state.official) if state.official else WINDOW

    def _local(self, at: datetime) -> date:
        return local_date(at, self._time_zone)

    def _submission(self, at: datetime) -> commands.SubmitCase:
        is_import = self.origin == "import"
        calendars = None if is_import else self._calendars
        last_day = self._local(at + timedelta(hours=self._random.randrange(200)))
        return commands.SubmitCase(
            at=at,
            local_date=self._local(at),
            actor=self._applicant,
            case_id=self.stream,
            service=self._service,
            time_zone=self._time_zone,
            applicant=self._applicant.pseudonym,
            channel=self._random.choice(("online", "desk")),
            language=self._random.choice(("az", "en")),
            answers={} if is_import else _ANSWERS,
            last_day=self._random.choice((last_day, None)) if is_import else None,
            calendar=calendars.of_agency(self._service.definition.agency) if calendars else MONDAY_TO_FRIDAY,
            origin=self.origin,
            identifiers={"car.owner": WHISPER},
            register=None if self._register is None or is_import else self._register.state,
            register_version=0 if self._register is None or is_import else self._register.version,
        )

    def assign(self, at: datetime, state: CaseState) -> commands.Command:
        desk, official = self._random.choice(DESKS[state.owner]), self._random.choice(self._officials)
        desk = state.desk if state.moved_from else desk
        rule: AssignmentRule = "import" if self.origin == "import" else "order"
        return commands.AssignCase(at, WINDOW, desk, official.pseudonym, rule, self.origin)

    def record(self, at: datetime, state: CaseState) -> commands.Command:
        definition = self._service.definition
        step = self._random.choice(definition.steps).name
        return commands.RecordStep(at, self._official(state), definition, step, self._words(state), self.origin)

    def ask(self, at: datetime, state: CaseState) -> commands.Command:
        elements = self._random.choice(((), ("person.phone",), ("plot.area", "person.phone")))
        words = self._words(state) or WHISPER
        return commands.AskApplicant(
            at, self._local(at), self._official(state), self._service.definition, words, elements, self.origin
        )

    def answer(self, at: datetime, state: CaseState) -> commands.Command:
        answers = {element: _ANSWERS[element] for element in state.asked_elements}
        words = self._words(state) or WHISPER
        return commands.AnswerQuestion(
            at, self._local(at), self._applicant, self._service.definition, words, answers, self.origin
        )

    def settle(self, at: datetime, state: CaseState) -> commands.Command:
        outcome: Outcome = self._random.choice(("granted", "refused", "partly"))
        return commands.DecideCase(
            at,
            self._local(at),
            self._official(state),
            self._service.definition,
            outcome,
            "Article 5",
            self._words(state),
            self.origin,
        )

    def close(self, at: datetime, state: CaseState) -> commands.Command:
        return commands.CloseCase(at, self._local(at), self._official(state), self.origin)

    def mark_overdue(self, at: datetime, state: CaseState) -> commands.Command:
        if state.last_day is not None:  # the clock's own time, so late that nobody else does anything
            at = end_of(state.last_day, self._time_zone) + timedelta(hours=self._random.randrange(60))
        calendar = self._calendars.known(state.clock.calendar) if self._calendars else MONDAY_TO_FRIDAY
        return commands.MarkOverdue(at, self._local(at), CLOCK, self._service.definition, calendar=calendar)

    def withdraw(self, at: datetime, state: CaseState) -> commands.Command:
        if self._turns % 2:
            self._id()  # drawn and not used, so that what comes of a seed stays as it was
        return commands.WithdrawCase(at, self._local(at), self._applicant, self._words(state), self.origin)

    def reopen(self, at: datetime, state: CaseState) -> commands.Command:
        return commands.ReopenCase(at, self._local(at), _AGENCY, "Court order", self._words(state), self.origin)

    def erase(self, at: datetime, state: CaseState) -> commands.Command:
        forgotten = state.official if state.official and not self._turns % 3 else state.applicant
        return commands.EraseSubject(at, self._local(at), WINDOW, forgotten, self.origin)


_BUILDS: dict[Callable[[CaseLife, datetime, CaseState], commands.Command], int] = {
    CaseLife.assign: 4,
    CaseLife.record: 6,
    CaseLife.ask: 3,
    CaseLife.answer: 6,
    CaseLife.settle: 3,
    CaseLife.close: 6,
    CaseLife.mark_overdue: 3,
    CaseLife.withdraw: 1,
    CaseLife.reopen: 4,
    CaseLife.erase: 1,
}
