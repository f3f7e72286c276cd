"""A random register of resources: begun, filled and changed as the domain allows."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Final, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from application.identity import register_stream
from domain.agency.state import AgencyState
from domain.envelope import COORDINATOR, Actor
from domain.event import Event
from domain.register import commands
from domain.register.concerning import concerned
from domain.register.decisions import decide
from domain.register.events import Approval, Verdict
from domain.register.evolving import evolve
from domain.register.refusals import CoordinatorNotNamed, ResourceAlreadyProposed
from domain.register.state import GrantStatus, RegisterState, ResourceStatus
from domain.register.values import DataElement, Integration, RegisterRules, ResourceDescription
from domain.values import Term, ValueType
from tests.domain.register_examples import SEALING_KEY, SIGNING_KEY

T = TypeVar("T")
_ASKED: Final[Mapping[str, ValueType]] = {
    "person.birth_date": "date",
    "person.phone": "text",
    "plot.area": "number",
    "plot.kind": "choice",
    "plot.owned": "boolean",
}
"""What the services of every seed ask for. No resource holds it, so that they can be published."""
HELD: Final = ("car.plate", "car.owner", "ship.name", "ship.flag")
"""What resources hold, and services ask for or need as evidence."""
_SLUGS: Final = ("cars", "fleet", "ships", "vehicles")
REASONS: Final = {"en": "So it is.", "az": "Belədir. ə"}


class Move(NamedTuple):
    """Who has done something to the register, what, and whom it concerns."""

    actor: Actor
    events: tuple[Event, ...]
    agencies: tuple[str, ...]


class RegisterLife:
    """A register that changes when asked, in a random way. The agencies are those that are registered by then."""

    def __init__(self, agencies: Mapping[str, AgencyState], random: Random) -> None:
        self._agencies, self._random = agencies, random
        self.stream = register_stream()
        self.version = 0
        self.state: RegisterState | None = None

    def coordinator(self, at: datetime) -> Actor:
        """Return whoever acts as the coordinator at that time."""
        slug = self.state.coordinator_at(at) if self.state else None
        return COORDINATOR if slug is None else Actor(role="coordinator", pseudonym=slug)

    def change(self, at: datetime) -> Move:
        """Return one change.

        Raises:
            Refusal: the chosen change is not allowed now.
        """
        if self.state is None:
            return self._done(self._name(at))
        makers: dict[Callable[[datetime, RegisterState], commands.Command], int] = {
            lambda at, _: self._name(at): 1,
            self._set_rules: 1,
            self._define: 1 if "car.plate" in self.state.elements else 40,
            self._retitle: 1,
            self._share: 1,
            self._propose: 9,
            self._move_resource: 40,
            self._ask_for_grant: 16,
            self._answer_grant: 12,
        }
        (make,) = self._random.choices(list(makers), list(makers.values()))
        return self._done(make(at, self.state))

    def _done(self, command: commands.Command) -> Move:
        events = decide(command, self.state)
        for event in events:
            self.state = evolve(self.state, event)
        self.version += len(events)
        state = self.state or RegisterState()
        agencies = dict.fromkeys(slug for event in events for slug in concerned(state, event))
        return Move(command.actor, events, tuple(agencies))

    def _name(self, at: datetime) -> commands.Command:
        agency = self._one_of(list(self._agencies.values()))
        day = at.date() if self.state is None else at.date() + timedelta(days=self._random.randrange(2, 9))
        begins_at = datetime.combine(day, time.min, ZoneInfo(agency.time_zone)).astimezone(UTC)
        return commands.NameCoordinator(at, self.coordinator(at), agency, day, begins_at, "Decree 1")

    def _set_rules(self, at: datetime, _: RegisterState) -> commands.Command:
        bodies = self._random.sample(
            sorted(self._agencies), self._random.choice((0, 0, 1, min(2, len(self._agencies))))
        )
        notice = Term(days=self._random.randrange(1, 30), kind=self._random.choice(("working", "calendar")))
        rules = RegisterRules(approving_bodies=tuple(bodies), change_notice=notice, adaptation=notice)
        return commands.SetRegisterRules(at, self.coordinator(at), rules, frozenset(bodies))

    def _define(self, at: datetime, state: RegisterState) -> commands.Command:
        known = [*_ASKED.items(), *((name, "text") for name in HELD), (f"other.e{len(state.elements)}", "date")]
        new = [
            DataElement.model_validate(
                {"name": name, "type": kind, "title": {"en": name}, "identifies_person": name == "car.owner"}
            )
            for name, kind in known
            if name not in state.elements
        ]
        return commands.DefineElements(at, self.coordinator(at), tuple(new))

    def _retitle(self, at: datetime, _: RegisterState) -> commands.Command:
        title = {"en": f"Title {self._random.randrange(9)}"}
        return commands.RetitleElement(at, self.coordinator(at), self._random.choice(HELD), title)

    def _share(self, at: datetime, state: RegisterState) -> commands.Command:
        elements = self._some(HELD)
        return commands.AllowSharing(at, self.coordinator(at), self._slug(state), elements, REASONS)

    def _slug(self, state: RegisterState) -> str:
        """Return the name of a resource that is not over, or of one that nobody has proposed yet.

        Raises:
            Refusal: a long life has used up all names of the kind.
        """
        slug = self._random.choice(_SLUGS)
        slugs = [f"{slug}-{number}" for number in range(20)]
        over = {ResourceStatus.RETIRED, ResourceStatus.ARCHIVED}
        free = [each for each in slugs if each not in state.resources or state.resources[each].status not in over]
        if not free:
            raise ResourceAlreadyProposed
        return free[0]

    def _propose(self, at: datetime, state: RegisterState) -> commands.Command:
        slug = self._slug(state)
        owner = self._one_of(list(self._agencies.values()))
        known = state.resources.get(slug)
        owner = owner if known is None else self._agencies[known.description.owner]
        description = ResourceDescription(
            slug=slug,
            owner=owner.slug,
            title={"en": slug},
            description={"en": "A register."},
            legal_basis="Law 1",
            elements=self._some(HELD),
            security_class="K1",
            contact="Desk 3",
        )
        return commands.ProposeResource(at, acting(owner.slug), description, owner)

    def _move_resource(self, at: datetime, state: RegisterState) -> commands.Command:  # noqa: PLR0911 - a table of statuses
        resource = self._one_of([each for each in state.resources.values() if each.status != "archived"])
        description, slug = resource.description, resource.description.slug
        owner, today = acting(description.owner), at.date()
        match resource.status:
            case ResourceStatus.PROPOSED | ResourceStatus.USE_ASKED:
                return self._judge(at, state, slug, resource.status)
            case ResourceStatus.APPROVED if self._random.random() < 0.8:
                return commands.AskToUseResource(at, owner, slug, today, today)
            case ResourceStatus.IN_USE if self._random.random() < 0.8:
                return commands.IntegrateResource(
                    at, owner, slug, self._integration(description), endpoint_allowed=True
                )
            case ResourceStatus.RETIRED:
                return commands.ArchiveResource(at, owner, slug, "Archive, file 1")
            case _ if self._random.random() < 0.3:
                heir = self._random.choice([None, *state.resources])
                return commands.RetireResource(at, owner, slug, today, REASONS, heir)
            case _ if self._random.random() < 0.6:
                return commands.IntegrateResource(
                    at, owner, slug, self._integration(description), endpoint_allowed=True
                )
            case _:
                more = tuple(sorted({*description.elements, self._random.choice(HELD)}))
                changed = description.model_copy(update={"elements": more, "contact": f"Desk {len(more)}"})
                return commands.ChangeResource(at, owner, changed, today - timedelta(days=1), today)

    def _judge(self, at: datetime, state: RegisterState, slug: str, status: ResourceStatus) -> commands.Command:
        bodies = state.rules.approving_bodies
        actor = acting(self._random.choice(bodies)) if bodies else self.coordinator(at)
        approval: Approval = "establish" if status is ResourceStatus.PROPOSED else "take_into_use"
        verdicts: tuple[Verdict, ...] = ("positive", "dismissed", "negative")
        (verdict,) = self._random.choices(verdicts, (8, 1, 1))
        return commands.JudgeResource(at, actor, slug, approval, verdict, REASONS)

    def _integration(self, description: ResourceDescription) -> Integration:
        http = self._random.random() < 0.5
        return Integration(
            elements=self._some(description.elements),
            identifier="car.owner",
            transport="http" if http else "kafka",
            endpoint="https://cars.example/evidence" if http else None,
            acknowledged_within=self._random.randrange(1, 100),
            answered_within=600,
            sealing_key=SEALING_KEY,
            signing_key=SIGNING_KEY,
        )

    def _ask_for_grant(self, at: datetime, state: RegisterState) -> commands.Command:
        agency = self._one_of(list(self._agencies.values()))
        resource = self._one_of(list(state.resources.values())).description
        return commands.AskForGrant(
            at=at,
            actor=acting(agency.slug),
            grant=f"{agency.slug}-{resource.slug}-{self._random.randrange(3)}",
            agency=agency,
            resource=resource.slug,
            elements=resource.elements,
            purpose=REASONS,
            legal_basis="Law 2",
        )

    def _answer_grant(self, at: datetime, state: RegisterState) -> commands.Command:
        name = self._one_of(list(state.grants))
        grant = state.grants[name]
        owner = acting(state.resources[grant.resource].description.owner)
        if grant.status is GrantStatus.GIVEN and self._random.random() < 0.3:
            return commands.EndGrant(at, self._one_of([owner, acting(grant.agency)]), name, REASONS)
        if self._random.random() < 0.2:
            return commands.RefuseGrant(at, owner, name, REASONS)
        return commands.GiveGrant(at, owner, name)

    def _some(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self._random.sample(names, self._random.randrange(1, len(names) + 1)))

    def _one_of(self, known: list[T]) -> T:
        """Return one of them.

        Raises:
            Refusal: there is none yet.
        """
        if not known:
            raise CoordinatorNotNamed
        return self._random.choice(known)


def acting(slug: str) -> Actor:
    """Return the agency as it acts."""
    return Actor(role="agency", pseudonym=slug)
