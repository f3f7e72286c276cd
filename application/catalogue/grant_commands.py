"""The changes of grants, a row each: an agency asks, and the resource's owner answers."""

from http import HTTPMethod
from typing import Final

from application.access.authorisation import Action
from application.catalogue.commands import Asking, CatalogueCommand
from application.catalogue.register_commands import RegisterAsked, of_the_register
from application.catalogue.register_requests import (
    GrantAgreement,
    GrantEnding,
    GrantRefusal,
    GrantRequest,
)
from domain.register import commands


async def _ask_for_grant(asking: Asking, asked: GrantRequest) -> RegisterAsked:
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
    return await of_the_register(asking, asking.named, command)


async def _give_grant(asking: Asking, _: GrantAgreement) -> RegisterAsked:
    return await of_the_register(asking, asking.named, commands.GiveGrant(asking.at, asking.actor, asking.named))


async def _refuse_grant(asking: Asking, asked: GrantRefusal) -> RegisterAsked:
    command = commands.RefuseGrant(asking.at, asking.actor, asking.named, asked.reasons)
    return await of_the_register(asking, asking.named, command)


async def _end_grant(asking: Asking, asked: GrantEnding) -> RegisterAsked:
    command = commands.EndGrant(asking.at, asking.actor, asking.named, asked.reasons)
    return await of_the_register(asking, asking.named, command)


_PUT, _POST = HTTPMethod.PUT, HTTPMethod.POST
_OWN = Action.KEEP_RESOURCES
GRANT_COMMANDS: Final = (
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
