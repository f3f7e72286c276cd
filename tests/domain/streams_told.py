"""Given events, when a command, then events or a refusal: for every kind of stream, by its `decide` and `evolve`."""

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

import pytest

from domain.event import Event
from domain.refusals import Refusal

C = TypeVar("C")
S = TypeVar("S")


class StreamsTold(NamedTuple, Generic[C, S]):
    """A kind of stream."""

    decide: Callable[[C, S | None], Sequence[Event]]
    evolve: Callable[[S | None, Event], S]

    def given(self, *past: Event) -> "Given[C, S]":
        """Start from these events of a stream."""
        return Given(self, past)

    def after(self, *past: Event) -> S | None:
        """Return the state after these events."""
        state: S | None = None
        for event in past:
            state = self.evolve(state, event)
        return state


class Given(NamedTuple, Generic[C, S]):
    """The events of a stream before the command."""

    kind: StreamsTold[C, S]
    past: tuple[Event, ...]

    def when(self, command: C) -> "Told[C, S]":
        """Name the command."""
        return Told(self.kind, self.past, command)


class Told(NamedTuple, Generic[C, S]):
    """A command to a stream, with the events before it."""

    kind: StreamsTold[C, S]
    past: tuple[Event, ...]
    command: C

    def then(self, *expected: Event) -> None:
        """Expect these events, or none."""
        assert self.kind.decide(self.command, self.kind.after(*self.past)) == expected

    def is_refused(self, refusal: type[Refusal], field: str | None = None) -> None:
        """Expect the refusal, with that field."""
        with pytest.raises(refusal) as caught:
            self.kind.decide(self.command, self.kind.after(*self.past))
        assert (caught.type, caught.value.field) == (refusal, field)
