"""The changes of the register itself, a row each: who coordinates, the rules, the vocabulary."""

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
    RulesSetting,
)
from domain.register import commands
from domain.register.state import RegisterState

RegisterAsked: TypeAlias = Undecided[commands.Command, RegisterState]


async def of_the_register(asking: Asking, name: str, command: commands.Command) -> RegisterAsked:
    """Return a command about the register as it stands; `name` is what the answer names."""
    return Undecided(name, await asking.catalogue.register(), command)


async def _name(asking: Asking, asked: CoordinatorNaming) -> RegisterAsked:
    agency = (await asking.catalogue.agency(asked.agency)).state
    begins_at = _beginning(asked.from_date, agency.time_zone if agency else "UTC")
    command = commands.NameCoordinator(asking.at, asking.actor, agency, asked.from_date, begins_at, asked.act)
    return await of_the_register(asking, asked.agency, command)


def _beginning(day: date, time_zone: str) -> datetime:
    """Return the first instant of a local day, within the years that can be counted."""
    try:
        return datetime.combine(day, time.min, ZoneInfo(time_zone)).astimezone(UTC)
    except OverflowError:
        return datetime.combine(day, time.min, UTC)


async def _set_rules(asking: Asking, asked: RulesSetting) -> RegisterAsked:
    bodies = asked.rules.approving_bodies
    registered = [slug for slug in bodies if (await asking.catalogue.agency(slug)).state is not None]
    command = commands.SetRegisterRules(asking.at, asking.actor, asked.rules, frozenset(registered))
    return await of_the_register(asking, "rules", command)


async def _define(asking: Asking, asked: ElementsDefinition) -> RegisterAsked:
    command = commands.DefineElements(asking.at, asking.actor, asked.elements)
    return await of_the_register(asking, asked.elements[0].name, command)


async def _retitle(asking: Asking, asked: ElementRetitling) -> RegisterAsked:
    command = commands.RetitleElement(asking.at, asking.actor, asking.named, asked.title)
    return await of_the_register(asking, asking.named, command)


_PUT, _POST = HTTPMethod.PUT, HTTPMethod.POST
_WRITE = Action.WRITE_CATALOGUE
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
)
