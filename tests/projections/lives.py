"""A random country: agencies, services and cases. The domain itself decides every event.

The same seed gives the same lives, except for salts and ciphertexts. Every sealed text is `WHISPER`, and its key is in
no vault, so no fold could open it.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from application.identity import agency_stream, looks_stream
from application.storing import new_events
from domain.agency import decisions
from domain.agency.commands import RegisterAgency
from domain.agency.state import AgencyState, evolve
from domain.envelope import Actor, Envelope, Origin
from domain.look.events import LookRecorded
from domain.refusals import Refusal
from domain.submission.events import SubmissionPrevented
from ledger.store.entries import NewEvent
from ledger.store.ledger import Ledger
from tests.domain.town import AT
from tests.projections.calendar_life import CalendarLife
from tests.projections.case_life import CaseLife
from tests.projections.clock_life import ClockLife
from tests.projections.evidence_life import is_explained
from tests.projections.register_life import Move, RegisterLife
from tests.projections.service_life import DESKS, REACTION, ServiceLife
from tests.projections.stand_in_life import StandInLife
from tests.projections.subscription_life import SubscriptionLife

ZONES = {"harbour": "Asia/Baku", "hill": "Europe/Amsterdam", "lake": "Pacific/Chatham"}
SERVICES = {"permit": "harbour", "licence": "harbour", "grant": "hill", "passport": "hill", "berth": "lake"}
FOREIGN = ("weather.measured", "case.looked_at", "service.rated", "agency")
_MOST_SUBSCRIPTIONS, _OFTEN, _SELDOM, _NOW_AND_THEN = 20, 0.2, 0.02, 0.35
_YOUNG = 40  # cases that still change; older ones stay as they are


class Country:
    """Agencies, services, cases, and streams of other programs. At each step a random one of them changes.

    Args:
        seed: of the random numbers.
        pace: the most seconds between two steps.
        registering: the part of the steps at which the register tries to change too.
    """

    def __init__(self, seed: int, pace: int = 7200, registering: float = _NOW_AND_THEN) -> None:
        self._pace, self._registering = pace, registering
        self._random, self._aside, self._beside = Random(seed), Random(~seed), Random(f"register {seed}")
        self._writing = Random(f"messages {seed}")
        self._at = AT
        self._agencies: dict[str, AgencyState] = {}
        self._register = RegisterLife(self._agencies, self._beside)
        versions: dict[str, int] = {}
        self._stand_ins = StandInLife(self._agencies, versions, Random(f"stand-ins {seed}"))
        self._calendars = CalendarLife(self._agencies, versions, Random(f"calendars {seed}"))
        self._clock = ClockLife(self._calendars, Random(f"clocks {seed}"))
        self._told = 0
        self._services = [self._service_of(slug, agency) for slug, agency in SERVICES.items()]
        self._subscriptions: list[SubscriptionLife] = []
        self._cases: list[CaseLife] = []
        self._looks: dict[UUID, int] = {}
        self._foreign: dict[UUID, int] = {}
        self._moves: dict[Callable[[], list[NewEvent]], int] = {
            self._register_agency: 1,
            self._change_service: 2,
            self._submit_case: 9,
            self._move_case: 30,
            self._look_at_case: 2,
            self._move_elsewhere: 2,
        }

    def live(self, count: int) -> list[NewEvent]:
        """Return the next events: so many, or a few more to keep together what was decided together.

        Messages, cases that other agencies' desks take over, calendars, and what the clock does, come besides.
        """
        events: list[NewEvent] = []
        while len(events) < count:
            more = self._besides(len(events))
            count += len(more)
            events += [*more, *self._subscription_moves(), *self._register_moves()]
            self._at += timedelta(seconds=self._random.randrange(self._pace))
            (move,) = self._random.choices(list(self._moves), list(self._moves.values()))
            try:
                moved = move()
            except Refusal:
                continue  # not at present
            if moved:
                events += [*moved, *self._prevented()]
                self._clock.hear(moved)
        self._told += len(events)
        return events

    def _besides(self, told: int) -> list[NewEvent]:
        """Return what happens by separate random numbers, in this order, after so many events that are new."""
        young = self._cases[-_YOUNG:]
        events = [*self._messages(), *self._stand_ins.change(self._at, self._coordinator, young)]
        events += self._calendars.change(self._at, self._coordinator)
        return [*events, *self._clock.change(self._at, young, self._told + told + len(events))]

    def _prevented(self) -> list[NewEvent]:
        """Return now and then the event of a prevented case, by separate random numbers."""
        if self._aside.random() > _SELDOM:
            return []
        eraser = Actor(role="window", pseudonym=self._aside.choice(("erasure", "sweep")))
        stream = UUID(int=self._aside.getrandbits(128))
        return new_events(stream, 0, [SubmissionPrevented()], _envelope(eraser, (), self._at), None)

    def _service_of(self, slug: str, agency: str) -> ServiceLife:
        return ServiceLife(slug, agency, self._random, self._beside)

    def _register_moves(self) -> list[NewEvent]:
        """Return some events of the register, and what it tells services, by separate random numbers."""
        if len(self._agencies) < len(ZONES) or self._beside.random() > self._registering:
            return []
        register = self._register
        if self._beside.random() < _OFTEN:
            return self._adapted(self._beside.choice(self._services))
        try:
            move = register.change(self._at)
        except Refusal:
            return []  # not at present
        events = self._registered(move)
        for service in self._services if events else ():
            with suppress(Refusal):
                before, told = service.version, service.meet(self._at, register)
                cause = f"{register.stream}:{register.version}"
                envelope = _envelope(REACTION, (service.agency,), self._at, cause=cause)
                events += new_events(service.stream, before, told, envelope, None)
        return events

    def _registered(self, move: Move) -> list[NewEvent]:
        version = self._register.version - len(move.events)
        envelope = _envelope(move.actor, move.agencies, self._at)
        return new_events(self._register.stream, version, move.events, envelope, None)

    def _adapted(self, service: ServiceLife) -> list[NewEvent]:
        version, agency = service.version, self._agencies[service.agency]
        try:
            events = service.adapt(self._at, self._coordinator, agency, self._register)
        except Refusal:
            return []  # not at present
        return new_events(service.stream, version, events, _envelope(self._coordinator, (agency.slug,), self._at), None)

    def _register_agency(self) -> list[NewEvent]:
        slug = self._random.choice(list(ZONES))
        command = RegisterAgency(
            self._at,
            self._coordinator,
            slug,
            {"en": slug, "az": f"{slug} ə"},
            ZONES[slug],
            DESKS[slug],
            zone_is_known=True,
        )
        events = decisions.decide(command, self._agencies.get(slug))
        if not events:
            return []
        self._agencies[slug] = evolve(None, events[0])
        return new_events(agency_stream(slug), 0, events, _envelope(command.actor, (slug,), self._at), None)

    def _change_service(self) -> list[NewEvent]:
        service = self._random.choice(self._services)
        version = service.version
        events = service.change(self._at, self._coordinator, self._agencies.get(service.agency), self._register)
        envelope = _envelope(self._coordinator, (service.agency,), self._at)
        return new_events(service.stream, version, events, envelope, None)

    def _subscription_moves(self) -> list[NewEvent]:
        """Return some events of subscriptions, by separate random numbers, so that other lives do not change."""
        if not self._agencies or self._aside.random() > _OFTEN:
            return []
        if len(self._subscriptions) < _MOST_SUBSCRIPTIONS and self._aside.random() < _OFTEN:
            agency = self._aside.choice(list(self._agencies.values()))
            name = f"{agency.slug}-{len(self._subscriptions)}"
            self._subscriptions.append(SubscriptionLife(name, agency, self._aside))
        try:
            return self._turn_of_subscription(self._aside.choice(self._subscriptions))
        except (Refusal, IndexError):
            return []  # not at present, or there is none yet

    def _turn_of_subscription(self, subscription: SubscriptionLife) -> list[NewEvent]:
        version = subscription.version
        events = subscription.change(self._at, self._coordinator)
        envelope = _envelope(subscription.actor, (subscription.agency.slug,), self._at)
        return new_events(subscription.stream, version, events, envelope, None)

    def _messages(self) -> list[NewEvent]:
        """Return a message of some case, or what is done about one, by separate random numbers."""
        if not self._cases or self._writing.random() > _OFTEN / 2:
            return []
        case = self._writing.choice(self._cases[-_YOUNG:])
        version = case.version
        try:
            turn = case.write(self._at, self._writing)
        except Refusal:
            return []  # not at present
        if turn is None:
            return []
        return new_events(case.stream, version, turn.events, _envelope(turn.actor, case.concerned, turn.at), case.key)

    def _submit_case(self) -> list[NewEvent]:
        self._cases.append(self._case_of(self._random.choice(self._services)))
        return self._turn_of(self._cases[-1])

    def _case_of(self, service: ServiceLife) -> CaseLife:
        in_force = service.in_force(self._at.date())
        return CaseLife(in_force, ZONES[service.agency], self._random, self._register, calendars=self._calendars)

    def _move_case(self) -> list[NewEvent]:
        return self._turn_of(self._random.choice(self._cases[-_YOUNG:])) if self._cases else []

    def _turn_of(self, case: CaseLife) -> list[NewEvent]:
        # Events from another system may have happened at any time, in any order.
        at = self._at if case.origin == "live" else AT - timedelta(seconds=self._random.randrange(10**6))
        version = case.version
        turn = case.turn(at)
        if turn is None:
            return []
        beside = self._random.choice(list(ZONES))
        named = (case.concerned, (case.agency, beside), (beside, case.agency, beside), ())
        role = turn.actor.role
        origin: Origin = role if role in {"clock", "resource"} else case.origin
        cause = f"{case.stream}:1" if is_explained(turn.actor) else None
        envelope = _envelope(turn.actor, self._random.choices(named, [30, 3, 1, 1])[0], turn.at, origin, cause)
        return new_events(case.stream, version, turn.events, envelope, case.key)

    def _look_at_case(self) -> list[NewEvent]:
        if not self._cases:
            return []
        case = self._random.choice(self._cases)
        stream = looks_stream(case.stream)
        version = self._looks[stream] = self._looks.get(stream, 0) + 1
        reader = Actor(role=self._random.choice(("official", "auditor")), pseudonym=str(self._id()))
        agencies = () if reader.role == "auditor" else (case.agency,)
        looked = LookRecorded(case_id=case.stream, hour=self._at.replace(minute=0, second=0, microsecond=0))
        return new_events(stream, version - 1, [looked], _envelope(reader, agencies, self._at), None)

    def _move_elsewhere(self) -> list[NewEvent]:
        if not self._cases:
            return []
        stream = self._random.choice([self._id(), *self._foreign])
        version = self._foreign[stream] = self._foreign.get(stream, 0) + 1
        topic, salt = self._random.choice(FOREIGN), self._random.randbytes(32)
        return [NewEvent(stream, version, topic, b"\x00 this is no JSON", b"\xff", salt)]

    @property
    def _coordinator(self) -> Actor:
        return self._register.coordinator(self._at)

    def _id(self) -> UUID:
        return UUID(int=self._random.getrandbits(128))


def _envelope(
    actor: Actor, agencies: tuple[str, ...], at: datetime, origin: Origin = "live", cause: str | None = None
) -> Envelope:
    return Envelope(actor=actor, agencies=agencies, occurred_at=at, origin=origin, causation=cause)


async def append(url: str, events: Sequence[NewEvent], together: int = 100) -> int:
    """Append the events in their order, so many at a time; return the last one's position."""
    async with Ledger(url) as ledger:
        for first in range(0, len(events), together):
            last = await ledger.append(events[first : first + together])
        await ledger.wait_beyond(last.position - 1, timeout=1)  # a ledger that is closed at once sends no signal
    return last.position
