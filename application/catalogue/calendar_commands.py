"""The coordinator's changes of calendars, a row each."""

from http import HTTPMethod
from typing import Final

from application.access.authorisation import Action
from application.catalogue.calendar_requests import ActEntry, CalendarNaming, CalendarOpening
from application.catalogue.commands import Asking, CatalogueCommand, Undecided
from domain.agency.commands import Command as AgencyCommand
from domain.agency.commands import NameCalendar
from domain.agency.state import AgencyState
from domain.calendar.commands import Command, EnterAct, OpenCalendar
from domain.calendar.state import CalendarState


async def _open(asking: Asking, asked: CalendarOpening) -> Undecided[Command, CalendarState]:
    command = OpenCalendar(
        asking.at,
        asking.actor,
        asked.slug,
        asked.jurisdiction,
        asked.territory,
        asked.working_week,
        asked.act,
        asked.entries,
    )
    return Undecided(asked.slug, await asking.catalogue.calendar(asked.slug), command)


async def _enter(asking: Asking, asked: ActEntry) -> Undecided[Command, CalendarState]:
    command = EnterAct(asking.at, asking.actor, asked.act, asked.entries)
    return Undecided(asking.named, await asking.catalogue.calendar(asking.named), command)


async def _name(asking: Asking, asked: CalendarNaming) -> Undecided[AgencyCommand, AgencyState]:
    exists = (await asking.catalogue.calendar(asked.calendar)).state is not None
    command = NameCalendar(asking.at, asking.actor, asked.calendar, exists)
    return Undecided(asking.named, await asking.catalogue.agency(asking.named), command)


_WRITE = Action.WRITE_CATALOGUE
CALENDAR_COMMANDS: Final = (
    CatalogueCommand(
        HTTPMethod.POST,
        "/calendars",
        _WRITE,
        CalendarOpening,
        _open,
        "open_calendar",
        "Open a calendar",
        "Of a jurisdiction or one of its territories, for one working week.",
        creates=True,
    ),
    CatalogueCommand(
        HTTPMethod.POST,
        "/calendars/{slug}/acts",
        _WRITE,
        ActEntry,
        _enter,
        "enter_act",
        "Enter an act into a calendar",
        "Each term that it moves is counted anew, and its case says by which act.",
    ),
    CatalogueCommand(
        HTTPMethod.PUT,
        "/agencies/{slug}/calendar",
        _WRITE,
        CalendarNaming,
        _name,
        "name_calendar",
        "Name an agency's calendar",
        "Terms of its new cases are counted by it; running cases keep the calendar that they have.",
    ),
)
