"""The coordinator's changes of agencies and services, a row each."""

from datetime import date, datetime
from http import HTTPMethod
from typing import Final

from application.access.authorisation import Action
from application.catalogue.commands import Asking, CatalogueCommand, Undecided
from application.catalogue.requests import (
    AgencyDescription,
    AgencyEntry,
    ServiceDraft,
    ServicePublication,
    ServiceWithdrawal,
)
from domain.agency.commands import Command as AgencyCommand
from domain.agency.commands import RegisterAgency
from domain.agency.state import AgencyState
from domain.case.deadlines import local_date
from domain.envelope import Actor
from domain.service import commands
from domain.service.state import ServiceState
from domain.values import is_time_zone


async def _register(asking: Asking, document: AgencyDescription) -> Undecided[AgencyCommand, AgencyState]:
    entry = AgencyEntry(**{**document.model_dump(), "slug": document.slug or asking.named})
    return Undecided(
        entry.slug, await asking.catalogue.agency(entry.slug), registration_of(entry, asking.at, asking.actor)
    )


def registration_of(entry: AgencyEntry, at: datetime, actor: Actor) -> RegisterAgency:
    """Return the command that registers the agency."""
    return RegisterAgency(
        at=at,
        actor=actor,
        slug=entry.slug,
        name=entry.name,
        time_zone=entry.time_zone,
        zone_is_known=is_time_zone(entry.time_zone),
        desks=entry.desks,
        desk_limits=entry.desk_limits,
    )


async def _draft(asking: Asking, document: ServiceDraft) -> Undecided[commands.Command, ServiceState]:
    definition, catalogue = document.definition, asking.catalogue
    agency = (await catalogue.agency(definition.agency)).state
    hears = definition.appeal_body
    others = [hears] if hears and (await catalogue.agency(hears)).state else []
    opened = [slug for slug in definition.opens if (await catalogue.service(slug)).state is not None]
    command = commands.DraftService(
        asking.at, asking.actor, definition, agency, agencies=frozenset(others), services=frozenset(opened)
    )
    return await _of_service(asking, definition.slug, command)


async def _publish(asking: Asking, document: ServicePublication) -> Undecided[commands.Command, ServiceState]:
    found = await asking.catalogue.service(asking.named)
    zone = await asking.catalogue.time_zone(found.state.agency) if found.state else "UTC"
    register = await asking.catalogue.register()
    today = local_date(asking.at, zone)
    opened = await _may_be_opened(asking, found.state, document.version, document.valid_from or today)
    command = commands.PublishService(
        asking.at,
        asking.actor,
        document.version,
        today,
        valid_from=document.valid_from,
        valid_to=document.valid_to,
        register=register.state,
        register_version=register.seen,
        opened=opened,
    )
    return Undecided(asking.named, found, command)


async def _may_be_opened(asking: Asking, state: ServiceState | None, version: int, day: date) -> frozenset[str]:
    """Return those of the services which the version opens that a life event may open on a local day."""
    drafted = state.versions.get(version) if state else None
    opens = drafted.definition.opens if drafted else ()
    found = {slug: (await asking.catalogue.service(slug)).state for slug in opens}
    return frozenset(slug for slug, service in found.items() if service and service.may_be_opened(day))


async def _withdraw(asking: Asking, _: ServiceWithdrawal) -> Undecided[commands.Command, ServiceState]:
    return await _of_service(asking, asking.named, commands.WithdrawService(asking.at, asking.actor))


async def _of_service(
    asking: Asking, slug: str, command: commands.Command
) -> Undecided[commands.Command, ServiceState]:
    return Undecided(slug, await asking.catalogue.service(slug), command)


_PUT, _POST, _WRITE = HTTPMethod.PUT, HTTPMethod.POST, Action.WRITE_CATALOGUE
SERVICE_COMMANDS: Final = (
    CatalogueCommand(
        _PUT,
        "/agencies/{slug}",
        _WRITE,
        AgencyDescription,
        _register,
        "put_agency",
        "Register an agency",
        "The same description again changes nothing; another one is refused.",
        creates=True,
    ),
    CatalogueCommand(
        _POST,
        "/services",
        _WRITE,
        ServiceDraft,
        _draft,
        "draft",
        "Draft a version of a service",
        "Nobody can ask for it before it is published.",
        creates=True,
    ),
    CatalogueCommand(
        _POST,
        "/services/{slug}/publication",
        _WRITE,
        ServicePublication,
        _publish,
        "publish",
        "Publish a drafted version",
        "The one that was published is superseded, from the day on which this one holds. A question whose answer an"
        " integrated resource holds is refused, and so is a life event while a service that it opens does not hold.",
    ),
    CatalogueCommand(
        _POST,
        "/services/{slug}/withdrawal",
        _WRITE,
        ServiceWithdrawal,
        _withdraw,
        "withdraw",
        "Withdraw a service",
        "Nobody can ask for it any more; open cases go on.",
    ),
)
