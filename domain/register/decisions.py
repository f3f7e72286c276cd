"""Decides the register's commands about the coordinator, the vocabulary and the grants."""

from typing import assert_never

from domain.event import Event
from domain.register import rules
from domain.register.commands import (
    AllowSharing,
    AskForGrant,
    Command,
    DefineElements,
    EndGrant,
    GiveGrant,
    NameCoordinator,
    OfCoordination,
    OfGrant,
    RefuseGrant,
    RetitleElement,
    SetRegisterRules,
)
from domain.register.events import (
    CoordinatorNamed,
    ElementRetitled,
    ElementsDefined,
    GrantAsked,
    GrantEnded,
    GrantGiven,
    GrantRefused,
    RegisterRulesSet,
    SharingAllowed,
)
from domain.register.refusals import (
    CoordinatorNotNamed,
    ElementNotDefined,
    GrantAlreadyAsked,
    GrantNotAsked,
    GrantNotGiven,
    GrantNotPending,
    GrantOfAnotherAgency,
    NotTheGranteeOrOwner,
)
from domain.register.resource_decisions import decide_resource
from domain.register.state import HOLDING, GrantState, GrantStatus, Naming, RegisterState
from domain.text import check_texts


def decide(command: Command, state: RegisterState | None) -> tuple[Event, ...]:
    """Return the events that the command leads to; none when nothing would change.

    Raises:
        Refusal: the rule that forbids it.
    """
    events = decide_again(command, state)
    check_texts(events)
    return events


def decide_again(command: Command, state: RegisterState | None) -> tuple[Event, ...]:
    """Return the events of a recorded command: by the same rules except those of texts, which some ledgers predate.

    Raises:
        Refusal: the rule that forbids it.
    """
    if isinstance(command, NameCoordinator):
        return _name(command, state or RegisterState())
    if state is None:
        raise CoordinatorNotNamed
    match command:
        case SetRegisterRules() | DefineElements() | RetitleElement() | AllowSharing():
            rules.by_the_coordinator(command, state)
            return _coordinate(command, state)
        case AskForGrant() | GiveGrant() | RefuseGrant() | EndGrant():
            return _grant(command, state)
        case _:
            return decide_resource(command, state)


def _name(command: NameCoordinator, state: RegisterState) -> tuple[Event, ...]:
    rules.by_the_coordinator(command, state)
    rules.coordinator_is_registered(command, state)
    rules.role_passes_later(command, state)
    agency = command.agency.slug if command.agency else ""
    # Nobody becomes the coordinator of what was done before.
    begins_at = max(command.begins_at, command.at)
    if state.naming_at(begins_at) == Naming(begins_at, agency, command.act):
        return ()
    return (CoordinatorNamed(agency=agency, from_date=command.from_date, begins_at=begins_at, act=command.act),)


def _coordinate(command: OfCoordination, state: RegisterState) -> tuple[Event, ...]:
    match command:
        case NameCoordinator():
            return _name(command, state)
        case SetRegisterRules():
            rules.approvers_are_registered(command, state)
            rules.draw_rules_are_whole(command, state)
            return () if command.rules == state.rules else (RegisterRulesSet(rules=command.rules),)
        case DefineElements():
            rules.elements_are_new(command, state)
            return (ElementsDefined(elements=command.elements),)
        case RetitleElement():
            element = state.elements.get(command.element)
            if element is None:
                raise ElementNotDefined
            same = element.title == command.title
            return () if same else (ElementRetitled(element=command.element, title=command.title),)
        case AllowSharing():
            rules.shared_elements_are_defined(command, state)
            if state.sharings.issuperset((command.resource, name) for name in command.elements):
                return ()
            return (SharingAllowed(resource=command.resource, elements=command.elements, reasons=command.reasons),)
        case _:
            assert_never(command)


def _grant(command: OfGrant, state: RegisterState) -> tuple[Event, ...]:
    if isinstance(command, AskForGrant):
        return _ask(command, state)
    grant = state.grants.get(command.grant)
    if grant is None:
        raise GrantNotAsked
    owner = state.resources[grant.resource].description.owner
    match command:
        case GiveGrant():
            rules.by_the_owner(command, owner)
            _is_pending(grant)
            resource = state.resources[grant.resource]
            rules.is_in(resource, *sorted(HOLDING))
            rules.resource_holds(sorted(grant.elements), resource)
            return (GrantGiven(grant=command.grant),)
        case RefuseGrant():
            rules.by_the_owner(command, owner)
            _is_pending(grant)
            return (GrantRefused(grant=command.grant, reasons=command.reasons),)
        case EndGrant():
            if command.actor.role != "agency" or command.actor.pseudonym not in {owner, grant.agency}:
                raise NotTheGranteeOrOwner
            if grant.status not in {GrantStatus.ASKED, GrantStatus.GIVEN}:
                raise GrantNotGiven
            return (GrantEnded(grant=command.grant, reasons=command.reasons),)
        case _:
            assert_never(command)


def _is_pending(grant: GrantState) -> None:
    if grant.status is not GrantStatus.ASKED:
        raise GrantNotPending


def _ask(command: AskForGrant, state: RegisterState) -> tuple[Event, ...]:
    rules.grantee_is_registered(command, state)
    rules.grantee_asks_itself(command, state)
    resource = rules.known_resource(command.resource, state, "resource")
    rules.is_in(resource, *sorted(HOLDING))
    rules.named_once(command.elements, "elements")
    rules.resource_holds(command.elements, resource, "elements")
    agency = command.agency.slug if command.agency else ""
    if (known := state.grants.get(command.grant)) is not None:
        if known.agency != agency:
            raise GrantOfAnotherAgency(field="grant")
        if known.status in {GrantStatus.ASKED, GrantStatus.GIVEN}:
            raise GrantAlreadyAsked(field="grant")
    return (
        GrantAsked(
            grant=command.grant,
            agency=agency,
            resource=command.resource,
            elements=command.elements,
            purpose=command.purpose,
            legal_basis=command.legal_basis,
        ),
    )
