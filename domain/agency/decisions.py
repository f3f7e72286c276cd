"""Decides an agency's commands."""

from dataclasses import replace

from domain.agency.commands import Command, NameCalendar, NameStandIn, RegisterAgency
from domain.agency.events import HIGHEST_DESK_LIMIT, AgencyRegistered, CalendarNamed, StandInNamed
from domain.agency.refusals import (
    AgencyAlreadyRegistered,
    AgencyUnknown,
    AgencyWithoutDesk,
    CalendarNotOpened,
    DeskLimitOutOfRange,
    DeskNamedTwice,
    DeskUnknown,
    StandInOfTheSameAgency,
    TimeZoneUnknown,
)
from domain.agency.state import AgencyState
from domain.event import Event
from domain.text import check_texts


def decide(command: Command, state: AgencyState | None) -> tuple[Event, ...]:
    """Return the events that the command leads to; none when it changes nothing.

    Raises:
        Refusal: the rule that forbids it.
    """
    events = decide_again(command, state)
    check_texts(events)
    return events


def decide_again(command: Command, state: AgencyState | None) -> tuple[Event, ...]:
    """Return the events of a recorded command: by the same rules except those of texts, which some ledgers predate.

    Raises:
        Refusal: the rule that forbids it.
    """
    if isinstance(command, NameStandIn):
        return _stand_in_named(command, state)
    if isinstance(command, NameCalendar):
        return _calendar_named(command, state)
    if state is not None and replace(state, stand_ins={}, calendar=None) == _described(command):
        return ()  # it is registered so already
    for rule in REGISTRATION_RULES:
        rule(command, state)
    return (
        AgencyRegistered(
            slug=command.slug,
            name=command.name,
            time_zone=command.time_zone,
            desks=command.desks,
            desk_limits=dict(command.desk_limits),
        ),
    )


def _described(command: RegisterAgency) -> AgencyState:
    return AgencyState(command.slug, command.name, command.time_zone, command.desks, dict(command.desk_limits))


def _stand_in_named(command: NameStandIn, state: AgencyState | None) -> tuple[Event, ...]:
    if state is None:
        raise AgencyUnknown
    if command.desk not in state.desks:
        raise DeskUnknown
    other = command.stand_in
    if other is not None:
        if other.agency == state.slug:
            raise StandInOfTheSameAgency(field="agency")
        if command.desks is None:
            raise AgencyUnknown(field="agency")
        if other.desk not in command.desks:
            raise DeskUnknown(field="desk")
    if state.stand_ins.get(command.desk) == other:
        return ()
    return (StandInNamed(slug=state.slug, desk=command.desk, stand_in=other),)


def _calendar_named(command: NameCalendar, state: AgencyState | None) -> tuple[Event, ...]:
    if state is None:
        raise AgencyUnknown
    if not command.exists:
        raise CalendarNotOpened(field="calendar")
    if state.calendar == command.calendar:
        return ()
    return (CalendarNamed(slug=state.slug, calendar=command.calendar),)


def registered_once(_: RegisterAgency, state: AgencyState | None) -> None:
    """An agency's name can never be given to another agency."""
    if state is not None:
        raise AgencyAlreadyRegistered(field="slug")


def has_a_desk(command: RegisterAgency, _: AgencyState | None) -> None:
    """Cases need a desk where they arrive."""
    if not command.desks:
        raise AgencyWithoutDesk(field="desks")


def desks_have_names_of_their_own(command: RegisterAgency, _: AgencyState | None) -> None:
    """Two desks of an agency have different names."""
    if len(set(command.desks)) != len(command.desks):
        raise DeskNamedTwice(field="desks")


def limits_are_of_its_desks(command: RegisterAgency, _: AgencyState | None) -> None:
    """Only an existing desk has a limit."""
    if not command.desk_limits.keys() <= set(command.desks):
        raise DeskUnknown(field="deskLimits")


def limits_let_somebody_work(command: RegisterAgency, _: AgencyState | None) -> None:
    """With a limit below one no official could be given a case."""
    if not all(1 <= limit <= HIGHEST_DESK_LIMIT for limit in command.desk_limits.values()):
        raise DeskLimitOutOfRange(field="deskLimits")


def time_zone_exists(command: RegisterAgency, _: AgencyState | None) -> None:
    """Deadlines are counted in local days, so the zone must be known."""
    if not command.zone_is_known:
        raise TimeZoneUnknown(field="timeZone")


REGISTRATION_RULES = (
    registered_once,
    has_a_desk,
    desks_have_names_of_their_own,
    limits_are_of_its_desks,
    limits_let_somebody_work,
    time_zone_exists,
)
