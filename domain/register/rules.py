"""The rules of the register; each is a function whose name says what it demands."""

from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from domain.envelope import Actor
from domain.refusals import Breach
from domain.register.commands import (
    AllowSharing,
    AskForGrant,
    AskToUseResource,
    ChangeResource,
    Command,
    DefineElements,
    NameCoordinator,
    ProposeResource,
    RetireResource,
    SetRegisterRules,
)
from domain.register.refusals import (
    ApproverNotRegistered,
    CoordinatorBeginsLater,
    CoordinatorNotRegistered,
    DateInTheFuture,
    ElementAlreadyDefined,
    ElementNamedTwice,
    ElementNotDefined,
    ElementsHeldElsewhere,
    ElementsNotAnswered,
    GranteeNotRegistered,
    GuardiansNotThree,
    KeeperNamedTwice,
    NotTheCoordinator,
    NotTheGrantee,
    NotTheOwner,
    OwnerNotRegistered,
    ResourceKeepsItsOwner,
    ResourceNotInStatus,
    ResourceUnknown,
    SuccessorUnknown,
)
from domain.register.state import HOLDING, RegisterState, ResourceState, ResourceStatus
from domain.register.values import ResourceDescription

Describing: TypeAlias = ProposeResource | ChangeResource

_GUARDIANS: Final = 3


def by_the_coordinator(command: Command, state: RegisterState) -> None:
    """Only whoever is the coordinator at that time may do this."""
    acts_as_coordinator(command.actor, state.coordinator_at(command.at))


def acts_as_coordinator(actor: Actor, coordinator: str | None) -> None:
    """The actor acts for the agency that coordinates. Before the first one begins, the role has no agency.

    Raises:
        NotTheCoordinator: it does not.
    """
    if actor.role != "coordinator" or actor.pseudonym != (coordinator or "coordinator"):
        raise NotTheCoordinator


def by_the_owner(command: Command, owner: str) -> None:
    """Only the agency that owns the resource may do this."""
    if command.actor.role != "agency" or command.actor.pseudonym != owner:
        raise NotTheOwner


def coordinator_is_registered(command: NameCoordinator, _: RegisterState) -> None:
    """The coordinator is an agency of the window."""
    if command.agency is None:
        raise CoordinatorNotRegistered(field="agency")


def role_passes_later(command: NameCoordinator, state: RegisterState) -> None:
    """The role passes on a later day than today; only the first coordinator begins at once, if its day has begun."""
    if state.namings and command.begins_at <= command.at:
        raise CoordinatorBeginsLater(field="fromDate")


def approvers_are_registered(command: SetRegisterRules, _: RegisterState) -> None:
    """Approving bodies are agencies of the window, each named once."""
    bodies = command.rules.approving_bodies
    if len(set(bodies)) != len(bodies) or not command.registered.issuperset(bodies):
        raise ApproverNotRegistered(field="rules.approvingBodies")


def draw_rules_are_whole(command: SetRegisterRules, _: RegisterState) -> None:
    """Each keeper is named once, under an id, a name and a key of its own; guardians are three or none."""
    draw = command.rules.draw
    for each in ("id", "name", "key"):
        if len({getattr(keeper, each) for keeper in draw.keepers}) != len(draw.keepers):
            raise KeeperNamedTwice(field="rules.draw.keepers")
    if draw.guardians and len(set(draw.guardians)) != _GUARDIANS:
        raise GuardiansNotThree(field="rules.draw.guardians")


def elements_are_new(command: DefineElements, state: RegisterState) -> None:
    """A name of the vocabulary keeps its meaning for ever."""
    names = [element.name for element in command.elements]
    named_once(names, "elements")
    breaches = [
        Breach(f"elements.{number}.name", f"The vocabulary has the element {name} already.")
        for number, name in enumerate(names)
        if name in state.elements
    ]
    if breaches:
        raise ElementAlreadyDefined(field=breaches[0].field, breaches=breaches)


def named_once(names: Sequence[str], field: str) -> None:
    """An element is named once."""
    if len(set(names)) != len(names):
        raise ElementNamedTwice(field=field)


def are_defined(names: Iterable[str], state: RegisterState, field: str) -> None:
    """The vocabulary has all of the elements."""
    breaches = [
        Breach(f"{field}.{number}", f"The vocabulary has no element {name}.")
        for number, name in enumerate(names)
        if name not in state.elements
    ]
    if breaches:
        raise ElementNotDefined(field=breaches[0].field, breaches=breaches)


def owner_is_registered(command: ProposeResource, _: RegisterState) -> None:
    """Only an agency of the window owns resources."""
    if command.owner is None or command.owner.slug != command.description.owner:
        raise OwnerNotRegistered(field="description.owner")


def elements_are_described(command: Describing, state: RegisterState) -> None:
    """A resource names elements of the vocabulary, each once."""
    named_once(command.description.elements, "description.elements")
    are_defined(command.description.elements, state, "description.elements")


def nobody_else_holds_them(description: ResourceDescription, state: RegisterState, field: str) -> None:
    """No resource holds what another one holds, unless the coordinator has allowed it (one register).

    Raises:
        ElementsHeldElsewhere: with a breach for each element, which names the holder.
    """
    slug = description.slug
    held = [
        (number, name, others[0])
        for number, name in enumerate(description.elements)
        if (others := [each for each in state.holding.get(name, ()) if each != slug])
        and (slug, name) not in state.sharings
    ]
    if held:
        holders = ", ".join(sorted({holder for _, _, holder in held}))
        says = f"{holders} holds {', '.join(name for _, name, _ in held)} already (one register)."
        breaches = [
            Breach(f"description.elements.{number}", f"{holder} holds {name}.") for number, name, holder in held
        ]
        raise ElementsHeldElsewhere(says, field=field, breaches=breaches)


def described_elements_are_free(command: Describing, state: RegisterState) -> None:
    """Nobody else holds what the resource would hold."""
    nobody_else_holds_them(command.description, state, "description.elements")


def known_resource(slug: str, state: RegisterState, field: str | None = None) -> ResourceState:
    """Return the resource; `field` is the member that names it, None where the address does.

    Raises:
        ResourceUnknown: there is none of this name.
    """
    resource = state.resources.get(slug)
    if resource is None:
        raise ResourceUnknown(field=field)
    return resource


def is_in(resource: ResourceState, *statuses: ResourceStatus) -> None:
    """The resource's life has come so far, and no further."""
    if resource.status not in statuses:
        expected = " or ".join(status.value.replace("_", " ") for status in statuses)
        raise ResourceNotInStatus(f"the resource is {resource.status.value.replace('_', ' ')}, and not {expected}")


def audit_has_happened(command: AskToUseResource, _: RegisterState) -> None:
    """A resource is audited before it is used."""
    if command.audited_on > command.local_date:
        raise DateInTheFuture(field="auditedOn")


def change_has_happened(command: ChangeResource, _: RegisterState) -> None:
    """A change is notified after it was made."""
    if command.changed_on > command.local_date:
        raise DateInTheFuture(field="changedOn")


def keeps_its_owner(command: ChangeResource, resource: ResourceState) -> None:
    """A change of structure is no change of owner."""
    if command.description.owner != resource.description.owner:
        raise ResourceKeepsItsOwner(field="description.owner")


def successor_holds(command: RetireResource, state: RegisterState) -> None:
    """A successor is another resource that holds its elements."""
    if command.successor is None:
        return
    heir = state.resources.get(command.successor)
    if heir is None or command.successor == command.resource or heir.status not in HOLDING:
        raise SuccessorUnknown(field="successor")


def shared_elements_are_defined(command: AllowSharing, state: RegisterState) -> None:
    """An exception is about elements of the vocabulary, each named once."""
    named_once(command.elements, "elements")
    are_defined(command.elements, state, "elements")


def grantee_is_registered(command: AskForGrant, _: RegisterState) -> None:
    """Only an agency of the window uses what a resource holds."""
    if command.agency is None:
        raise GranteeNotRegistered


def grantee_asks_itself(command: AskForGrant, _: RegisterState) -> None:
    """An agency asks for itself, and for nobody else."""
    agency = command.agency.slug if command.agency else ""
    if command.actor.role != "agency" or command.actor.pseudonym != agency:
        raise NotTheGrantee


def resource_holds(elements: Iterable[str], resource: ResourceState, field: str | None = None) -> None:
    """Only what the resource holds is granted or answered; it may have lost some since a grant was asked for."""
    if not set(resource.description.elements).issuperset(elements):
        raise ElementsNotAnswered(field=field)
