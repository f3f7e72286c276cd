"""What a reaction is to its host."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeAlias
from uuid import UUID

from domain.envelope import Actor, Envelope
from domain.event import Event
from domain.stream_kinds import StreamKind

WINDOW: Final = Actor(role="window", pseudonym="reaction")
"""Who acts where an event has led to a command."""


class Seen(NamedTuple):
    """An event that a reaction looks at, with its place."""

    stream: UUID
    version: int
    event: Event
    envelope: Envelope

    @property
    def id(self) -> str:
        """The event as a cause names it: `stream:version`."""
        return f"{self.stream}:{self.version}"


class Wanted(NamedTuple):
    """A command that a reaction wants to be carried out.

    Attributes:
        kind: the kind of the stream that it is about.
        stream: the stream's id.
        command: the command.
        cause: the event that led to it, as `stream:version`.
        about: what tells it from other commands with the same cause, if the reaction can want several over time.
    """

    kind: StreamKind[Any, Any]
    stream: UUID
    command: Any
    cause: str
    about: str = ""


React: TypeAlias = Callable[[Seen, Any, Any, datetime], Sequence[Wanted]]
Due: TypeAlias = Callable[[UUID, Any, Any, datetime], Sequence[Wanted]]


class EventReaction(NamedTuple):
    """What events lead to.

    `react(seen, state, pinned, now)` gets the event, the state of its stream right after it, what that state pins (for
    a case, its version of the service and its calendar), and the time for its commands. It must want the same commands,
    in the same order, whenever it is asked about the same event: the host asks again
    after a crash, and knows by the place in that order what was done already.

    Attributes:
        name: its name, for ever: what it has done is known by it.
        kind: the kind of streams whose events it looks at.
        topics: the events that it looks at.
        react: the rule.
    """

    name: str
    kind: StreamKind[Any, Any]
    topics: frozenset[str]
    react: React


class TimeReaction(NamedTuple):
    """What the passing of time leads to.

    `due(stream, state, pinned, now)` gets a stream that a view names, its state by the ledger, what the state pins
    (for a case, its version of the service), and the time.

    Attributes:
        name: its name, for ever.
        kind: the kind of streams that it is about.
        due: the rule; it wants nothing where nothing is due.
    """

    name: str
    kind: StreamKind[Any, Any]
    due: Due


def key_of(reaction: str, cause: str, number: int, about: str = "") -> bytes:
    """Return the 16 bytes by which the ledger knows a command again.

    They are made of reaction and cause, and of what the command is about, or else of its place among those wanted.
    """
    which = about.encode() or b"%d" % number
    return hashlib.sha256(b"\x00".join([b"reaction", reaction.encode(), cause.encode(), which])).digest()[:16]
