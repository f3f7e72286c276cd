"""Decides a desk's commands."""

from domain.desk.commands import Command, DrawCommand, OpenDesk
from domain.desk.draw_decisions import decide_draws
from domain.desk.events import DeskOpened
from domain.desk.refusals import DeskAlreadyOpened, DeskNotOfTheAgency, DeskNotOpened
from domain.desk.roster_decisions import decide_roster
from domain.desk.state import DeskState
from domain.event import Event


def decide(command: Command, state: DeskState | None) -> tuple[Event, ...]:
    """Return the events that the command leads to.

    Raises:
        Refusal: the rule that forbids it.
    """
    if isinstance(command, OpenDesk):
        return (_opened(command, state),)
    if state is None:
        raise DeskNotOpened
    if isinstance(command, DrawCommand):
        return decide_draws(command, state)
    return (decide_roster(command, state.roster),)


def _opened(command: OpenDesk, state: DeskState | None) -> DeskOpened:
    if state is not None:
        raise DeskAlreadyOpened
    if command.desk not in command.desks:
        raise DeskNotOfTheAgency(field="desk")
    return DeskOpened(agency=command.agency, desk=command.desk, key=command.key)
