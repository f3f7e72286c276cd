"""Words for the domain's tests: given events, when a command, then events or a refusal."""

from collections.abc import Iterable
from typing import NamedTuple

import pytest

from domain.case.commands import Command
from domain.case.decisions import decide
from domain.case.state import CaseState, evolve
from domain.event import Event
from domain.refusals import Refusal


def fold(events: Iterable[Event]) -> CaseState | None:
    """Return the case after its events."""
    state: CaseState | None = None
    for event in events:
        state = evolve(state, event)
    return state


class Told(NamedTuple):
    """A command, with the events before it."""

    past: tuple[Event, ...]
    command: Command

    def then(self, expected: Event | tuple[Event, ...] | type[Refusal], field: str | None = None) -> None:
        """Expect the event, the events (an empty tuple: none), or the refusal with that field."""
        if isinstance(expected, Event | tuple):
            assert decide(self.command, fold(self.past)) == (expected if isinstance(expected, tuple) else (expected,))
            return
        with pytest.raises(expected) as caught:
            decide(self.command, fold(self.past))
        assert caught.type is expected
        assert caught.value.field == field


class Given(NamedTuple):
    """The events before the command."""

    past: tuple[Event, ...]

    def when(self, command: Command) -> Told:
        """Name the command."""
        return Told(self.past, command)


def given(*events: Event) -> Given:
    """Start from these events."""
    return Given(events)
