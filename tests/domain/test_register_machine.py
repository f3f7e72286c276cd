"""Vocabulary, resources, grants and services that change in any order: what is true after every step."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from application.identity import agency_stream, register_stream, service_stream
from application.storing import new_events
from domain.agency.events import AgencyRegistered
from domain.envelope import COORDINATOR, Actor, Envelope
from domain.event import Event
from domain.refusals import Refusal
from domain.register import commands
from domain.register.concerning import concerned
from domain.register.decisions import decide
from domain.register.events import Approval, Verdict
from domain.register.evolving import evolve
from domain.register.state import HOLDING, RegisterState, ResourceStatus
from domain.service.commands import Command as ServiceCommand
from domain.service.commands import DraftService, MeetRegister, PublishService, WithdrawService
from domain.service.decisions import decide as decide_service
from domain.service.definition import EvidenceNeed, Question
from domain.service.refusals import NothingToTellTheService
from domain.service.register_rules import asked_though_held, lost_sources
from domain.service.state import ServiceState
from domain.service.state import evolve as evolve_service
from ledger.published.codec import decode
from ledger.store.entries import NewEvent
from tests.domain.register_town import (
    AGENCIES,
    WHY,
    coordinating,
    description,
    element,
    integration,
    system,
)
from tests.domain.town import AT, SERVICE, TOWN
from tests.verifying.test_legality import found_in, stored

NAMES = ("person.number", "person.address", "car.plate", "car.colour")
OWNER = {f"{name}-{number}": agency for number, agency in enumerate(AGENCIES) for name in ("people", "homes", "cars")}
SLUGS = tuple(OWNER)
GRANTS, SERVICES = ("one", "two"), ("permit", "licence")
REACTION = Actor(role="window", pseudonym="reaction")
elements = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True).map(tuple)
slugs, grants, services = (st.sampled_from(each) for each in (SLUGS, GRANTS, SERVICES))
bodies = st.lists(st.sampled_from(sorted(AGENCIES)), max_size=2, unique=True).map(tuple)


class Registers(RuleBasedStateMachine):
    """Asks for anything at any time; what is refused changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.at = AT
        self.register: RegisterState | None = None
        self.register_version = 0
        self.services: dict[str, ServiceState] = {}
        self.versions: dict[str, int] = {}
        self.ledger: list[NewEvent] = []
        self.decided: list[Event] = []
        self.order: dict[str, list[str]] = defaultdict(list)  # element -> who has come to hold it, in their order
        for agency in AGENCIES.values():
            registered = AgencyRegistered(
                slug=agency.slug, name=agency.name, time_zone=agency.time_zone, desks=agency.desks, desk_limits={}
            )
            self.store(agency_stream(agency.slug), 0, COORDINATOR, registered)
        self.asks(commands.NameCoordinator(AT, COORDINATOR, AGENCIES["ministry"], AT.date(), AT, "Decree 1"))
        self.asks(commands.DefineElements(AT, self.coordinator, tuple(map(element, NAMES))))

    @property
    def coordinator(self) -> Actor:
        """Whoever coordinates now."""
        slug = self.register.coordinator_at(self.at) if self.register else None
        return COORDINATOR if slug is None else coordinating(slug)

    def store(self, stream: Any, version: int, actor: Actor, *events: Event, cause: str | None = None) -> None:
        """Store events as the application does."""
        envelope = Envelope(actor=actor, agencies=(), occurred_at=self.at, origin="live", causation=cause)
        self.ledger += new_events(stream, version, events, envelope, None)

    def asks(self, command: commands.Command) -> None:
        """Ask the register, and compare what it answers with a plain account of who came to hold what."""
        try:
            events = decide(command, self.register)
        except Refusal:
            return
        self.store(register_stream(), self.register_version, command.actor, *events)
        for event in events:
            self.register = evolve(self.register, event)
            self.account(event)
        if self.register is not None:
            assert all(slug in AGENCIES for event in events for slug in concerned(self.register, event))
        self.register_version += len(events)
        self.decided += events

    def account(self, event: Event) -> None:
        """Write down who holds an element, by the order in which it came about, and who inherits."""
        assert self.register is not None
        first = {name: held[0] for name, held in self.order.items() if held}
        for slug, resource in self.register.resources.items():
            held = resource.description.elements if resource.status in HOLDING else ()
            for name in NAMES:
                if name in held and slug not in self.order[name]:
                    self.order[name].append(slug)
                if name not in held and slug in self.order[name]:
                    self.order[name].remove(slug)
        successor = getattr(event, "successor", None)
        for name, holders in self.order.items():
            if successor in holders and first.get(name) == getattr(event, "resource", None):
                holders.remove(successor)
                holders.insert(0, successor)

    def does(self, slug: str, command: ServiceCommand, cause: str | None = None) -> bool:
        """Ask a service."""
        try:
            events = decide_service(command, self.services.get(slug))
        except Refusal:
            return False
        self.store(service_stream(slug), self.versions.get(slug, 0), command.actor, *events, cause=cause)
        state = self.services.get(slug)
        for event in events:
            state = evolve_service(state, event)
        assert state is not None
        self.services[slug], self.versions[slug] = state, self.versions.get(slug, 0) + len(events)
        return True

    @rule(agency=st.sampled_from(sorted(AGENCIES)), days=st.integers(0, 3))
    def name_a_coordinator(self, agency: str, days: int) -> None:
        day = self.at.date() + timedelta(days=days)
        begins_at = AT.replace(year=day.year, month=day.month, day=day.day, hour=0, minute=0)
        self.asks(commands.NameCoordinator(self.at, self.coordinator, AGENCIES[agency], day, begins_at, "Decree 2"))

    @rule(hours=st.integers(1, 40))
    def let_time_pass(self, hours: int) -> None:
        self.at += timedelta(hours=hours)

    @rule(bodies=bodies)
    def set_rules(self, bodies: tuple[str, ...]) -> None:
        rules = (self.register or RegisterState()).rules.model_copy(update={"approving_bodies": bodies})
        self.asks(commands.SetRegisterRules(self.at, self.coordinator, rules, frozenset(AGENCIES)))

    @rule(slug=slugs, elements=elements)
    def share(self, slug: str, elements: tuple[str, ...]) -> None:
        self.asks(commands.AllowSharing(self.at, self.coordinator, slug, elements, WHY))

    @rule(slug=slugs, elements=elements)
    def propose(self, slug: str, elements: tuple[str, ...]) -> None:
        described = description(slug, *elements, owner=OWNER[slug])
        self.asks(commands.ProposeResource(self.at, system(OWNER[slug]), described, AGENCIES[OWNER[slug]]))

    @rule(slug=slugs, verdict=st.sampled_from(["positive", "positive", "positive", "dismissed", "negative"]))
    def everybody_judges(self, slug: str, verdict: Verdict) -> None:
        for body in (self.register or RegisterState()).rules.approving_bodies or ("",):
            resource = (self.register or RegisterState()).resources.get(slug)
            is_new = resource is None or resource.status is ResourceStatus.PROPOSED
            approval: Approval = "establish" if is_new else "take_into_use"
            actor = system(body) if body else self.coordinator
            self.asks(commands.JudgeResource(self.at, actor, slug, approval, verdict, WHY))

    @rule(slug=slugs)
    def ask_to_use(self, slug: str) -> None:
        today = self.at.date()
        self.asks(commands.AskToUseResource(self.at, system(OWNER[slug]), slug, today, today))

    @rule(slug=slugs, elements=elements)
    def integrate(self, slug: str, elements: tuple[str, ...]) -> None:
        asked = integration(*elements)
        self.asks(commands.IntegrateResource(self.at, system(OWNER[slug]), slug, asked, endpoint_allowed=True))

    @rule(slug=slugs, elements=elements)
    def take_all_the_way(self, slug: str, elements: tuple[str, ...]) -> None:
        self.propose(slug, elements)
        self.everybody_judges(slug, "positive")
        self.ask_to_use(slug)
        self.everybody_judges(slug, "positive")
        self.integrate(slug, elements)

    @rule(several=st.lists(slugs, min_size=2, max_size=4, unique=True), name=st.sampled_from(NAMES))
    def hold_it_together(self, several: list[str], name: str) -> None:
        for slug in several:
            self.share(slug, (name,))
            self.take_all_the_way(slug, (name,))

    @rule(name=st.sampled_from(NAMES))
    def hand_it_over(self, name: str) -> None:
        register = self.register or RegisterState()
        first, *others = register.holding.get(name, ("",))
        if others:
            self.retire(first, others[-1])

    @rule(grant=grants)
    def end_a_use(self, grant: str) -> None:
        self.answer_grant(grant, commands.EndGrant)

    @rule(grant=grants, service=services, name=st.sampled_from(NAMES))
    def take_it_from_the_source(self, grant: str, service: str, name: str) -> None:
        for slug in (self.register or RegisterState()).answering.get(name, ())[:1]:
            self.ask_for_grant(grant, TOWN.slug, slug, (name,))
            self.answer_grant(grant, commands.GiveGrant)
            others = [each for each in NAMES if each not in (self.register or RegisterState()).answering]
            self.publish(service, tuple(others[:1]), [(slug, name)])

    @rule(slug=slugs, elements=elements)
    def change(self, slug: str, elements: tuple[str, ...]) -> None:
        described = description(slug, *elements, owner=OWNER[slug])
        today = self.at.date()
        self.asks(commands.ChangeResource(self.at, system(OWNER[slug]), described, today, today))

    @rule(slug=slugs, successor=st.none() | slugs)
    def retire(self, slug: str, successor: str | None) -> None:
        owner = system(OWNER[slug])
        self.asks(commands.RetireResource(self.at, owner, slug, self.at.date(), WHY, successor))

    @rule(grant=grants, agency=st.sampled_from(sorted(AGENCIES)), slug=slugs, elements=elements)
    def ask_for_grant(self, grant: str, agency: str, slug: str, elements: tuple[str, ...]) -> None:
        asked = commands.AskForGrant(self.at, system(agency), grant, AGENCIES[agency], slug, elements, WHY, "Act 3")
        self.asks(asked)

    @rule(grant=grants, answer=st.sampled_from([commands.GiveGrant, commands.RefuseGrant, commands.EndGrant]))
    def answer_grant(self, grant: str, answer: Any) -> None:
        known = (self.register or RegisterState()).grants.get(grant)
        owner = system(OWNER[known.resource] if known else "town")
        reasons = () if answer is commands.GiveGrant else (WHY,)
        self.asks(answer(self.at, owner, grant, *reasons))

    @rule(slug=services, asked=elements, needed=st.lists(st.tuples(slugs, st.sampled_from(NAMES)), max_size=1))
    def publish(self, slug: str, asked: tuple[str, ...], needed: list[tuple[str, str]]) -> None:
        label = {"en": "x"}
        definition = SERVICE.model_copy(
            update={
                "slug": slug,
                "questions": tuple(Question(element=name, label=label, type="text") for name in asked),
                "evidence": tuple(
                    EvidenceNeed(element=name, resource=resource, label=label, type="text")
                    for resource, name in needed
                    if name not in asked
                ),
            }
        )
        if self.does(slug, DraftService(self.at, self.coordinator, definition, TOWN)):
            version, today = max(self.services[slug].versions), self.at.date()
            publication = PublishService(
                self.at,
                self.coordinator,
                version,
                today,
                register=self.register,
                register_version=self.register_version,
            )
            if self.does(slug, publication):
                published = self.services[slug].published.definition
                assert self.register is not None
                assert not asked_though_held(published, self.register)
                assert not lost_sources(published, self.register)

    @rule(slug=services)
    def withdraw(self, slug: str) -> None:
        self.does(slug, WithdrawService(self.at, self.coordinator))

    @rule(slug=services)
    def meet(self, slug: str) -> None:
        self.does(slug, self.meeting(), cause=f"{register_stream()}:{self.register_version}")

    def meeting(self) -> MeetRegister:
        """The comparison of a service with the register as it is now."""
        assert self.register is not None
        return MeetRegister(self.at, REACTION, self.at.date(), self.register, self.register_version)

    @invariant()
    def an_element_has_at_most_one_authoritative_resource_and_the_others_are_exceptions(self) -> None:
        register = self.register
        assert register is not None
        assert dict(register.holding) == {name: tuple(held) for name, held in self.order.items() if held}
        for name, (_, *others) in register.holding.items():
            # An heir may come first without an exception for the one that it comes before.
            excepted = [slug for slug in register.holding[name] if (slug, name) in register.sharings]
            assert len(excepted) >= len(others)

    @invariant()
    def what_is_answered_is_what_a_plain_look_at_all_resources_gives(self) -> None:
        register = self.register
        assert register is not None
        plain: dict[str, list[str]] = defaultdict(list)
        for slug, resource in sorted(register.resources.items()):
            if resource.status is ResourceStatus.INTEGRATED and resource.integration is not None:
                assert set(resource.integration.elements) <= set(resource.description.elements)
                for name in resource.integration.elements:
                    plain[name].append(slug)
        assert dict(register.answering) == {name: tuple(slugs) for name, slugs in plain.items()}

    @invariant()
    def a_grant_lets_an_agency_use_an_element_only_while_it_is_given(self) -> None:
        register = self.register
        assert register is not None
        for agency in AGENCIES:
            for slug in SLUGS:
                for name in NAMES:
                    given = any(
                        (grant.agency, grant.resource, grant.status.value) == (agency, slug, "given")
                        and name in grant.elements
                        for grant in register.grants.values()
                    )
                    assert register.lets(agency, slug, name) == given

    @invariant()
    def a_published_service_asks_for_nothing_that_is_held_unless_its_agency_is_or_would_be_told(self) -> None:
        assert self.register is not None
        for slug, state in self.services.items():
            for offered in state.offered(self.at.date()):
                held = asked_though_held(offered.definition, self.register)
                lost = lost_sources(offered.definition, self.register)
                new = self.would_tell(slug)
                for name in held:
                    told = {each.element for each in state.told_held if each.version == offered.version}
                    assert name in told | new
                for name in lost:
                    told = {each.element for each in state.told_lost if each.version == offered.version}
                    assert name in told | new

    def would_tell(self, slug: str) -> set[str]:
        """Return the elements of which a service's agency would be told now."""
        try:
            events = decide_service(self.meeting(), self.services[slug])
        except NothingToTellTheService:
            return set()
        return {name for event in events for name in event.model_dump()["elements"]}

    def teardown(self) -> None:
        """Replay what is stored, and have an auditor judge it."""
        entries = stored(self.ledger)
        replayed: RegisterState | None = None
        services: dict[str, ServiceState] = {}
        for entry in entries:
            if entry.stream == register_stream():
                replayed = evolve(replayed, decode(entry).event)
            for slug in SERVICES:
                if entry.stream == service_stream(slug):
                    services[slug] = evolve_service(services.get(slug), decode(entry).event)
        assert replayed == self.register
        assert services == self.services
        assert found_in(entries) == []


Registers.TestCase.settings = settings(
    max_examples=60, stateful_step_count=40, phases=[Phase.generate], deadline=None, database=None
)
test_the_register_holds_what_the_laws_say_in_any_order = Registers.TestCase
