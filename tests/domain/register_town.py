"""A register of resources around the small town: its commands with what is usual, and what they lead to."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from domain.agency.state import AgencyState
from domain.envelope import COORDINATOR, Actor
from domain.event import Event
from domain.register import commands
from domain.register.decisions import decide
from domain.register.events import Approval, Verdict
from domain.register.evolving import evolve
from domain.register.state import RegisterState
from domain.register.values import DataElement, Integration, RegisterRules, ResourceDescription
from domain.values import ValueType
from tests.domain.register_examples import INTEGRATION, POPULATION
from tests.domain.town import AT, TODAY, TOWN

MINISTRY = AgencyState("ministry", {"en": "Ministry"}, "Asia/Baku", ("front",))
VILLAGE = AgencyState("village", {"en": "Village"}, "Europe/Amsterdam", ("front",))
AGENCIES = {agency.slug: agency for agency in (MINISTRY, TOWN, VILLAGE)}
LATER = AT + timedelta(days=30)
WHY = {"en": "So it is."}

BIRTH, NUMBER, ADDRESS, PHONE = "person.birth_date", "person.number", "person.address", "person.phone"
TYPES: dict[str, ValueType] = {
    BIRTH: "date",
    NUMBER: "text",
    ADDRESS: "text",
    PHONE: "text",
    "plot.area": "number",
    "plot.kind": "choice",
    "plot.owned": "boolean",
}


def system(agency: str) -> Actor:
    """Return the actor that an agency's system is."""
    return Actor(role="agency", pseudonym=agency)


def coordinating(agency: str) -> Actor:
    """Return the actor that the coordinator is while the role belongs to the agency."""
    return Actor(role="coordinator", pseudonym=agency)


THE_MINISTRY = coordinating("ministry")


def element(name: str) -> DataElement:
    """Return a data element of the vocabulary."""
    return DataElement(name=name, type=TYPES.get(name, "text"), title={"en": name}, identifies_person=name == NUMBER)


def description(slug: str = POPULATION.slug, *elements: str, **changes: Any) -> ResourceDescription:
    """Return the description of a resource with these elements."""
    parts = POPULATION.model_dump() | {"slug": slug, "elements": elements or (BIRTH, NUMBER)} | changes
    return ResourceDescription(**parts)


def integration(*elements: str, **changes: Any) -> Integration:
    """Return how a resource is asked for these elements."""
    return Integration(**INTEGRATION.model_dump() | {"elements": elements or (BIRTH,)} | changes)


def name(
    agency: str = "ministry", day: date = TODAY, *, by: Actor = COORDINATOR, at: datetime = AT, **changes: Any
) -> commands.NameCoordinator:
    """Name the coordinator, by default the first one, from today on."""
    begins_at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    parts: dict[str, Any] = {
        "agency": AGENCIES.get(agency),
        "from_date": day,
        "begins_at": begins_at,
        "act": "Decree 1",
    }
    return commands.NameCoordinator(at=at, actor=by, **parts | changes)


def define(*names: str, by: Actor = THE_MINISTRY, at: datetime = AT) -> commands.DefineElements:
    """Add elements to the vocabulary, by default all that the town's service and resources name."""
    return commands.DefineElements(at, by, tuple(map(element, names or TYPES)))


def set_rules(*bodies: str, by: Actor = THE_MINISTRY, at: datetime = AT, **changes: Any) -> commands.SetRegisterRules:
    """Have these bodies approve resources."""
    rules = RegisterRules(approving_bodies=bodies, **changes)
    return commands.SetRegisterRules(at, by, rules, frozenset(AGENCIES))


def propose(
    slug: str = POPULATION.slug, *elements: str, owner: str = "town", **changes: Any
) -> commands.ProposeResource:
    """Propose a resource."""
    described = description(slug, *elements, owner=owner, **changes)
    return commands.ProposeResource(AT, system(owner), described, AGENCIES.get(owner))


def judge(
    slug: str = POPULATION.slug,
    verdict: Verdict = "positive",
    approval: Approval = "establish",
    *,
    by: Actor = THE_MINISTRY,
    at: datetime = AT,
) -> commands.JudgeResource:
    """Judge a resource."""
    return commands.JudgeResource(at, by, slug, approval, verdict, WHY)


def ask_to_use(slug: str = POPULATION.slug, owner: str = "town", audited_on: date = TODAY) -> commands.AskToUseResource:
    """Ask to take a resource into use."""
    return commands.AskToUseResource(AT, system(owner), slug, audited_on, TODAY)


def integrate(
    slug: str = POPULATION.slug, *elements: str, owner: str = "town", allowed: bool = True, **changes: Any
) -> commands.IntegrateResource:
    """Integrate a resource."""
    return commands.IntegrateResource(
        AT, system(owner), slug, integration(*elements, **changes), endpoint_allowed=allowed
    )


def change(
    slug: str = POPULATION.slug, *elements: str, by: str = "town", changed_on: date = TODAY, **changes: Any
) -> commands.ChangeResource:
    """Notify a change of a resource."""
    return commands.ChangeResource(AT, system(by), description(slug, *elements, **changes), changed_on, TODAY)


def retire(
    slug: str = POPULATION.slug, successor: str | None = None, *, owner: str = "town"
) -> commands.RetireResource:
    """Retire a resource."""
    return commands.RetireResource(AT, system(owner), slug, TODAY, WHY, successor)


def archive(slug: str = POPULATION.slug, owner: str = "town") -> commands.ArchiveResource:
    """Archive a resource."""
    return commands.ArchiveResource(AT, system(owner), slug, "National archive, file 12")


def share(slug: str, *elements: str, by: Actor = THE_MINISTRY, at: datetime = AT) -> commands.AllowSharing:
    """Let a resource hold what another one holds."""
    return commands.AllowSharing(at, by, slug, elements or (BIRTH,), WHY)


def ask_for_grant(
    *elements: str, by: str = "village", slug: str = POPULATION.slug, grant: str = "births"
) -> commands.AskForGrant:
    """Ask to use elements of a resource."""
    return commands.AskForGrant(
        AT, system(by), grant, AGENCIES.get(by), slug, elements or (BIRTH,), WHY, "Building Act, article 3"
    )


def give_grant(grant: str = "births", by: str = "town") -> commands.GiveGrant:
    """Agree to a use."""
    return commands.GiveGrant(AT, system(by), grant)


def refuse_grant(grant: str = "births", by: str = "town") -> commands.RefuseGrant:
    """Do not agree to a use."""
    return commands.RefuseGrant(AT, system(by), grant, WHY)


def end_grant(grant: str = "births", by: str = "town") -> commands.EndGrant:
    """End a use."""
    return commands.EndGrant(AT, system(by), grant, WHY)


BEGUN: tuple[commands.Command, ...] = (name(), define())


def established(slug: str = POPULATION.slug, *elements: str, owner: str = "town") -> tuple[commands.Command, ...]:
    """Return the way of a resource to its approval, where the coordinator alone approves."""
    return propose(slug, *elements, owner=owner), judge(slug)


def used(slug: str = POPULATION.slug, *elements: str, owner: str = "town") -> tuple[commands.Command, ...]:
    """Return the way of a resource into use."""
    return (
        *established(slug, *elements, owner=owner),
        ask_to_use(slug, owner),
        judge(slug, approval="take_into_use"),
    )


def integrated(slug: str = POPULATION.slug, *elements: str, owner: str = "town") -> tuple[commands.Command, ...]:
    """Return the way of a resource to its integration for all that it holds."""
    held = elements or (BIRTH, NUMBER)
    return *used(slug, *held, owner=owner), integrate(slug, *held, owner=owner)


def led_to(*asked: commands.Command) -> tuple[Event, ...]:
    """Return all events that the commands lead to, one after the other."""
    state: RegisterState | None = None
    events: list[Event] = []
    for command in asked:
        decided = decide(command, state)
        events += decided
        state = fold(decided, state)
    return tuple(events)


def fold(events: Sequence[Event], state: RegisterState | None = None) -> RegisterState | None:
    """Return the register after these events."""
    for event in events:
        state = evolve(state, event)
    return state


def register_after(*asked: commands.Command) -> RegisterState:
    """Return the register after these commands."""
    state = fold(led_to(*asked))
    assert state is not None
    return state
