"""The changes of resources, a row each: the owners', the approving bodies', the coordinator's."""

from datetime import date
from http import HTTPMethod
from typing import Final

from application.access.authorisation import Action
from application.catalogue.commands import Asking, CatalogueCommand
from application.catalogue.register_commands import RegisterAsked, of_the_register
from application.catalogue.register_requests import (
    ResourceArchiving,
    ResourceChangeNotice,
    ResourceIntegration,
    ResourceJudgement,
    ResourceProposal,
    ResourceRetirement,
    SharingAllowance,
    UseRequest,
)
from domain.case.deadlines import local_date
from domain.register import commands


async def _propose(asking: Asking, asked: ResourceProposal) -> RegisterAsked:
    owner = (await asking.catalogue.agency(asked.description.owner)).state
    command = commands.ProposeResource(asking.at, asking.actor, asked.description, owner)
    return await of_the_register(asking, asked.description.slug, command)


async def _judge(asking: Asking, asked: ResourceJudgement) -> RegisterAsked:
    slug = asking.named
    command = commands.JudgeResource(asking.at, asking.actor, slug, asked.approval, asked.verdict, asked.reasons)
    return await of_the_register(asking, slug, command)


async def _ask_to_use(asking: Asking, asked: UseRequest) -> RegisterAsked:
    slug = asking.named
    command = commands.AskToUseResource(asking.at, asking.actor, slug, asked.audited_on, await _today(asking, slug))
    return await of_the_register(asking, slug, command)


async def _integrate(asking: Asking, asked: ResourceIntegration) -> RegisterAsked:
    endpoint = asked.integration.endpoint
    allowed = endpoint is None or asking.egress.allows(endpoint)
    command = commands.IntegrateResource(asking.at, asking.actor, asking.named, asked.integration, allowed)
    return await of_the_register(asking, asking.named, command)


async def _notify(asking: Asking, asked: ResourceChangeNotice) -> RegisterAsked:
    slug = asked.description.slug
    today = await _today(asking, slug)
    command = commands.ChangeResource(asking.at, asking.actor, asked.description, asked.changed_on, today)
    return await of_the_register(asking, slug, command)


async def _retire(asking: Asking, asked: ResourceRetirement) -> RegisterAsked:
    slug, today = asking.named, await _today(asking, asking.named)
    command = commands.RetireResource(asking.at, asking.actor, slug, today, asked.reasons, asked.successor)
    return await of_the_register(asking, slug, command)


async def _archive(asking: Asking, asked: ResourceArchiving) -> RegisterAsked:
    command = commands.ArchiveResource(asking.at, asking.actor, asking.named, asked.archive)
    return await of_the_register(asking, asking.named, command)


async def _share(asking: Asking, asked: SharingAllowance) -> RegisterAsked:
    command = commands.AllowSharing(asking.at, asking.actor, asking.named, asked.elements, asked.reasons)
    return await of_the_register(asking, asking.named, command)


async def _today(asking: Asking, slug: str) -> date:
    """Return the local date of the agency that owns the resource, by the resource's name."""
    register = (await asking.catalogue.register()).state
    resource = register.resources.get(slug) if register else None
    zone = await asking.catalogue.time_zone(resource.description.owner) if resource else "UTC"
    return local_date(asking.at, zone)


_PUT, _POST = HTTPMethod.PUT, HTTPMethod.POST
_WRITE, _OWN, _JUDGE = Action.WRITE_CATALOGUE, Action.KEEP_RESOURCES, Action.JUDGE_RESOURCES
RESOURCE_COMMANDS: Final = (
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
)
