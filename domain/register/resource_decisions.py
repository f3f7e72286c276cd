"""Decides the register's commands about resources, from a proposal to the archive."""

from typing import Final, assert_never

from domain.case.deadlines import last_day
from domain.event import Event
from domain.register import integration_rules, rules
from domain.register.commands import (
    ArchiveResource,
    AskToUseResource,
    ChangeResource,
    IntegrateResource,
    JudgeResource,
    OfResource,
    ProposeResource,
    RetireResource,
)
from domain.register.events import (
    ResourceApproved,
    ResourceArchived,
    ResourceChanged,
    ResourceIntegrated,
    ResourceJudged,
    ResourceProposed,
    ResourceRetired,
    ResourceTakenIntoUse,
    ResourceUseAsked,
)
from domain.register.refusals import ApprovalNotPending, NotAnApprovingBody, ResourceAlreadyProposed
from domain.register.state import HOLDING, RegisterState, ResourceState, ResourceStatus

_PENDING: Final = {ResourceStatus.PROPOSED: "establish", ResourceStatus.USE_ASKED: "take_into_use"}


def decide_resource(command: OfResource, state: RegisterState) -> tuple[Event, ...]:  # noqa: PLR0911 - a table of commands
    """Return the events that the command leads to.

    Raises:
        Refusal: the rule that forbids it.
    """
    if isinstance(command, ProposeResource):
        return _propose(command, state)
    slug = command.description.slug if isinstance(command, ChangeResource) else command.resource
    resource = rules.known_resource(slug, state)
    if isinstance(command, JudgeResource):
        return _judge(command, resource, state)
    rules.by_the_owner(command, resource.description.owner)
    match command:
        case AskToUseResource():
            rules.is_in(resource, ResourceStatus.APPROVED)
            rules.audit_has_happened(command, state)
            return (ResourceUseAsked(resource=slug, audited_on=command.audited_on),)
        case IntegrateResource():
            return _integrate(command, resource, state)
        case ChangeResource():
            return _change(command, resource, state)
        case RetireResource():
            rules.is_in(resource, *sorted(HOLDING))
            rules.successor_holds(command, state)
            return (
                ResourceRetired(
                    resource=slug,
                    local_date=command.local_date,
                    reasons=command.reasons,
                    successor=command.successor,
                ),
            )
        case ArchiveResource():
            rules.is_in(resource, ResourceStatus.RETIRED)
            return (ResourceArchived(resource=slug, archive=command.archive),)
        case _:
            assert_never(command)


def _propose(command: ProposeResource, state: RegisterState) -> tuple[Event, ...]:
    rules.by_the_owner(command, command.description.owner)
    rules.owner_is_registered(command, state)
    known = state.resources.get(command.description.slug)
    if known is not None:
        rules.by_the_owner(command, known.description.owner)
        if known.status not in {ResourceStatus.PROPOSED, ResourceStatus.REFUSED}:
            raise ResourceAlreadyProposed(field="description.slug")
        if known.status is ResourceStatus.PROPOSED and known.description == command.description:
            return ()
    rules.elements_are_described(command, state)
    rules.described_elements_are_free(command, state)
    return (ResourceProposed(description=command.description),)


def _judge(command: JudgeResource, resource: ResourceState, state: RegisterState) -> tuple[Event, ...]:
    """Return the verdict and, if it was the last one that was missing, what follows from all of them."""
    body = _body(command, state)
    if _PENDING.get(resource.status) != command.approval:
        raise ApprovalNotPending(field="approval")
    slug = command.resource
    establishes = command.approval == "establish"
    if establishes and command.verdict != "negative":
        # Somebody else's proposal of the same elements may have been approved meanwhile.
        rules.nobody_else_holds_them(resource.description, state, "approval")
    judged = ResourceJudged(
        resource=slug, approval=command.approval, body=body, verdict=command.verdict, reasons=command.reasons
    )
    asked = state.rules.approving_bodies or (body,)  # others may have been asked when it was proposed
    verdicts = [command.verdict if each == body else resource.verdicts.get(each) for each in asked]
    if command.verdict == "negative" or None in verdicts:
        return (judged,)
    if "positive" not in verdicts:
        return (judged,)  # it is nobody's business: somebody has to agree
    follows = ResourceApproved(resource=slug) if establishes else ResourceTakenIntoUse(resource=slug)
    return (judged, follows)


def _body(command: JudgeResource, state: RegisterState) -> str:
    """Return the approving body that the actor acts for; without any, the coordinator is the only one.

    Raises:
        NotAnApprovingBody, NotTheCoordinator.
    """
    bodies = state.rules.approving_bodies
    if not bodies:
        rules.by_the_coordinator(command, state)
        return command.actor.pseudonym
    if command.actor.role not in {"agency", "coordinator"} or command.actor.pseudonym not in bodies:
        raise NotAnApprovingBody
    if command.actor.role == "coordinator":
        rules.by_the_coordinator(command, state)
    return command.actor.pseudonym


def _integrate(command: IntegrateResource, resource: ResourceState, state: RegisterState) -> tuple[Event, ...]:
    rules.is_in(resource, ResourceStatus.IN_USE, ResourceStatus.INTEGRATED)
    integration_rules.answers_what_it_holds(command, resource)
    integration_rules.identifier_identifies(command, state)
    integration_rules.endpoint_is_of_the_transport(command, state)
    integration_rules.keys_protect(command, state)
    if resource.status is ResourceStatus.INTEGRATED and resource.integration == command.integration:
        return ()
    return (ResourceIntegrated(resource=command.resource, integration=command.integration),)


def _change(command: ChangeResource, resource: ResourceState, state: RegisterState) -> tuple[Event, ...]:
    rules.is_in(resource, *sorted(HOLDING))
    rules.change_has_happened(command, state)
    rules.keeps_its_owner(command, resource)
    rules.elements_are_described(command, state)
    rules.described_elements_are_free(command, state)
    integration_rules.keeps_what_it_answers(command, resource)
    if command.description == resource.description:
        return ()
    return (
        ResourceChanged(
            description=command.description,
            changed_on=command.changed_on,
            due_on=last_day(command.changed_on, state.rules.change_notice),
            local_date=command.local_date,
        ),
    )
