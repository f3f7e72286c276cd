"""The changes of the register, a row each: the coordinator's, the owners', the approving bodies', the users'."""

from datetime import UTC, date, datetime, time
from http import HTTPMethod
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from application.access.authorisation import Action
from application.catalogue.commands import Asking, CatalogueCommand, Undecided
from application.catalogue.register_requests import (
    CoordinatorNaming,
    ElementRetitling,
    ElementsDefinition,
    GrantAgreement,
    GrantEnding,
    GrantRefusal,
    GrantRequest,
    ResourceArchiving,
    ResourceChangeNotice,
    ResourceIntegration,
    ResourceJudgement,
    ResourceProposal,
    ResourceRetirement,
    RulesSetting,
    SharingAllowance,
    UseRequest,
)
from domain.case.deadlines import local_date
from domain.register import commands
from domain.register.state import RegisterState

Asked: TypeAlias = Undecided[commands.Command, RegisterState]


async def _undecided(asking: Asking, name: str, command: commands.Command) -> Asked:
    return Undecided(name, await asking.catalogue.register(), command)


async def _today(asking: Asking, slug: str) -> date:
    """Return the local date of the agency that owns the resource, by the resource's name."""
    register = (await asking.catalogue.register()).state
    resource = register.resources.get(slug) if register else None
    zone = await asking.catalogue.time_zone(resource.description.owner) if resource else "UTC"
    return local_date(asking.at, zone)


async def _name(asking: Asking, asked: CoordinatorNaming) -> Asked:
    agency = (await asking.catalogue.agency(asked.agency)).state
    begins_at = _beginning(asked.from_date, agency.time_zone if agency else "UTC")
    command = commands.NameCoordinator(asking.at, asking.actor, agency, asked.from_date, begins_at, asked.act)
    return await _undecided(asking, asked.agency, command)


def _beginning(day: date, time_zone: str) -> datetime:
    """Return the first instant of a local day, within the years that can be counted."""
    try:
        return datetime.combine(day, time.min, ZoneInfo(time_zone)).astimezone(UTC)
    except OverflowError:
        return datetime.combine(day, time.min, UTC)


async def _set_rules(asking: Asking, asked: RulesSetting) -> Asked:
    bodies = asked.rules.approving_bodies
    registered = [slug for slug in bodies if (await asking.catalogue.agency(slug)).state is not None]
    command = commands.SetRegisterRules(asking.at, asking.actor, asked.rules, frozenset(registered))
    return await _undecided(asking, "rules", command)


async def _define(asking: Asking, asked: ElementsDefinition) -> Asked:
    command = commands.DefineElements(asking.at, asking.actor, asked.elements)
    return await _undecided(asking, asked.elements[0].name, command)


async def _retitle(asking: Asking, asked: ElementRetitling) -> Asked:
    command = commands.RetitleElement(asking.at, asking.actor, asking.named, asked.title)
    return await _undecided(asking, asking.named, command)


async def _share(asking: Asking, asked: SharingAllowance) -> Asked:
    command = commands.AllowSharing(asking.at, asking.actor, asking.named, asked.elements, asked.reasons)
    return await _undecided(asking, asking.named, command)


async def _propose(asking: Asking, asked: ResourceProposal) -> Asked:
    owner = (await asking.catalogue.agency(asked.description.owner)).state
    command = commands.ProposeResource(asking.at, asking.actor, asked.description, owner)
    return await _undecided(asking, asked.description.slug, command)


async def _judge(asking: Asking, asked: ResourceJudgement) -> Asked:
    slug = asking.named
    command = commands.JudgeResource(asking.at, asking.actor, slug, asked.approval, asked.verdict, asked.reasons)
    return await _undecided(asking, slug, command)


async def _ask_to_use(asking: Asking, asked: UseRequest) -> Asked:
    slug = asking.named
    command = commands.AskToUseResource(asking.at, asking.actor, slug, asked.audited_on, await _today(asking, slug))
    return await _undecided(asking, slug, command)


async def _integrate(asking: Asking, asked: ResourceIntegration) -> Asked:
    endpoint = asked.integration.endpoint
    allowed = endpoint is None or asking.egress.allows(endpoint)
    command = commands.IntegrateResource(asking.at, asking.actor, asking.named, asked.integration, allowed)
    return await _undecided(asking, asking.named, command)


async def _notify(asking: Asking, asked: ResourceChangeNotice) -> Asked:
    slug = asked.description.slug
    today = await _today(asking, slug)
    command = commands.ChangeResource(asking.at, asking.actor, asked.description, asked.changed_on, today)
    return await _undecided(asking, slug, command)


async def _retire(asking: Asking, asked: ResourceRetirement) -> Asked:
    slug, today = asking.named, await _today(asking, asking.named)
    command = commands.RetireResource(asking.at, asking.actor, slug, today, asked.reasons, asked.successor)
    return await _undecided(asking, slug, command)


async def _archive(asking: Asking, asked: ResourceArchiving) -> Asked:
    command = commands.ArchiveResource(asking.at, asking.actor, asking.named, asked.archive)
    return await _undecided(asking, asking.named, command)


async def _ask_for_grant(asking: Asking, asked: GrantRequest) -> Asked:
    command = commands.AskForGrant(
        at=asking.at,
        actor=asking.actor,
        grant=asking.named,
        agency=(await asking.catalogue.agency(asking.actor.pseudonym)).state,
        resource=asked.resource,
        elements=asked.elements,
        purpose=asked.purpose,
        legal_basis=asked.legal_basis,
    )
    return await _undecided(asking, asking.named, command)


async def _give_grant(asking: Asking, _: GrantAgreement) -> Asked:
    return await _undecided(asking, asking.named, commands.GiveGrant(asking.at, asking.actor, asking.named))


async def _refuse_grant(asking: Asking, asked: GrantRefusal) -> Asked:
    command = commands.RefuseGrant(asking.at, asking.actor, asking.named, asked.reasons)
    return await _undecided(asking, asking.named, command)


async def _end_grant(asking: Asking, asked: GrantEnding) -> Asked:
    command = commands.EndGrant(asking.at, asking.actor, asking.named, asked.reasons)
    return await _undecided(asking, asking.named, command)


_PUT, _POST = HTTPMethod.PUT, HTTPMethod.POST
_WRITE, _OWN, _JUDGE = Action.WRITE_CATALOGUE, Action.KEEP_RESOURCES, Action.JUDGE_RESOURCES
REGISTER_COMMANDS: Final = (
    CatalogueCommand(
        _PUT,
        "/coordinator",
        _WRITE,
        CoordinatorNaming,
        _name,
        "name_coordinator",
        "Name the coordinator",
        "The first one opens the register; afterwards whoever coordinates names who does from a later day on.",
    ),
    CatalogueCommand(
        _PUT,
        "/register/rules",
        _WRITE,
        RulesSetting,
        _set_rules,
        "set_register_rules",
        "Set the register's rules",
        "Which bodies approve resources, and the terms of notices.",
    ),
    CatalogueCommand(
        _POST,
        "/elements",
        _WRITE,
        ElementsDefinition,
        _define,
        "define_elements",
        "Define data elements",
        "A name keeps its meaning for ever.",
        creates=True,
    ),
    CatalogueCommand(
        _PUT,
        "/elements/{element}/title",
        _WRITE,
        ElementRetitling,
        _retitle,
        "retitle_element",
        "Give a data element other titles",
        "Its name and type stay.",
    ),
    CatalogueCommand(
        _POST,
        "/resources",
        _OWN,
        ResourceProposal,
        _propose,
        "propose_resource",
        "Propose a resource",
        "What another resource holds is refused, and the refusal names the holder.",
        creates=True,
    ),
    CatalogueCommand(
        _POST,
        "/resources/{slug}/judgements",
        _JUDGE,
        ResourceJudgement,
        _judge,
        "judge_resource",
        "Judge a resource",
        "The last of the approving bodies to agree establishes it, and later takes it into use.",
    ),
    CatalogueCommand(
        _POST,
        "/resources/{slug}/use",
        _OWN,
        UseRequest,
        _ask_to_use,
        "ask_to_use_resource",
        "Ask to take a resource into use",
        "The approving bodies are asked a second time.",
    ),
    CatalogueCommand(
        _PUT,
        "/resources/{slug}/integration",
        _OWN,
        ResourceIntegration,
        _integrate,
        "integrate_resource",
        "Integrate a resource",
        "From now on nobody may ask applicants for what it answers.",
    ),
    CatalogueCommand(
        _POST,
        "/resources/{slug}/changes",
        _OWN,
        ResourceChangeNotice,
        _notify,
        "change_resource",
        "Notify a change of a resource",
        "Whether the notice is in time is on record.",
    ),
    CatalogueCommand(
        _POST,
        "/resources/{slug}/retirement",
        _OWN,
        ResourceRetirement,
        _retire,
        "retire_resource",
        "Retire a resource",
        "Its elements are free, or its successor's; services that rely on it are told.",
    ),
    CatalogueCommand(
        _POST,
        "/resources/{slug}/archiving",
        _OWN,
        ResourceArchiving,
        _archive,
        "archive_resource",
        "Archive a retired resource",
        "Its life ends.",
    ),
    CatalogueCommand(
        _POST,
        "/resources/{slug}/sharings",
        _WRITE,
        SharingAllowance,
        _share,
        "allow_sharing",
        "Let a resource hold what another one holds",
        "The exception and its reasons are public; the first holder stays authoritative.",
    ),
    CatalogueCommand(
        _PUT,
        "/grants/{slug}",
        _OWN,
        GrantRequest,
        _ask_for_grant,
        "ask_for_grant",
        "Ask to use elements of a resource",
        "The resource's owner answers.",
    ),
    CatalogueCommand(
        _POST,
        "/grants/{slug}/agreement",
        _OWN,
        GrantAgreement,
        _give_grant,
        "give_grant",
        "Agree to a use",
        "The agency may ask the resource for these elements.",
    ),
    CatalogueCommand(
        _POST,
        "/grants/{slug}/refusal",
        _OWN,
        GrantRefusal,
        _refuse_grant,
        "refuse_grant",
        "Refuse a use",
        "Another use may be asked for under the name.",
    ),
    CatalogueCommand(
        _POST,
        "/grants/{slug}/ending",
        _OWN,
        GrantEnding,
        _end_grant,
        "end_grant",
        "End a use",
        "No evidence is asked for by it any more.",
    ),
)
