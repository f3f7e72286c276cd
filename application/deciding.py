"""The way of every change, whatever it changes and whoever asks for it: decide, seal, append, answer a repeat.

Whoever calls has loaded the stream (`application/streams.py`) and checked the right before.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Generic, NamedTuple, Protocol, TypeAlias, TypeVar
from uuid import UUID

from application.idempotency import first_answer
from application.storing import envelope_of, new_events
from application.streams import Loaded, load
from application.window import Window
from domain.envelope import Actor
from domain.event import Event
from domain.stream_kinds import StreamKind
from ledger.store.entries import Appended, IdempotencyKey
from ledger.vault.vault import CaseKey


class Command(Protocol):
    """What every command carries."""

    @property
    def at(self) -> datetime:
        """When it is asked."""

    @property
    def actor(self) -> Actor:
        """Who acts."""


C_contra = TypeVar("C_contra", bound=Command, contravariant=True)
S = TypeVar("S")
FindKey: TypeAlias = Callable[[], Awaitable[CaseKey | None]]


class Changed(NamedTuple, Generic[S]):
    """What a command led to: the stream as of the last event of ours.

    There is no position when nothing had to be done. `repeated` is True when an earlier request had done it.
    """

    stream: UUID
    version: int
    position: int | None
    state: S
    events: Sequence[Event] = ()
    repeated: bool = False


class StreamMissingError(Exception):
    """There is no such stream of this kind."""


async def change(
    window: Window,
    found: Loaded[C_contra, S],
    command: C_contra,
    *,
    key: IdempotencyKey | None = None,
    find_sealing_key: FindKey | None = None,
    cause: str | None = None,
) -> Changed[S]:
    """Decide on the command and append what it leads to.

    Args:
        window: ledger and vault.
        found: the stream that the command is about, as it was loaded.
        command: what is asked.
        key: what makes a repeat known; a repeat is answered as it was answered first.
        find_sealing_key: returns the key that words are sealed under; it is asked once the command was allowed.
        cause: the event that led to the command, as `stream:version`; None when a person or system asked for it.

    Raises:
        Refusal: the domain's own no, by the rule's name.
        VersionConflictError: the stream has moved on from where it was found.
        KeysMissingError, KeyReusedError, LedgerBusyError, LedgerUnavailableError, VaultUnavailableError.
    """
    kind, stream = found.kind, found.stream
    events = kind.decide(command, found.state)
    state = folded(kind, found.state, events)
    if not events:
        return Changed(stream, found.seen, None, state)
    agencies = dict.fromkeys(slug for event in events for slug in kind.concerned(state, event))
    envelope = envelope_of(command.actor, [*agencies], command.at, stream, cause=cause)
    sealing_key = await find_sealing_key() if find_sealing_key else None
    # The commit point: a crash before it leaves nothing, after it everything, and a repeat finds the first answer.
    appended = await window.ledger.append(new_events(stream, found.version, events, envelope, sealing_key), key=key)
    if appended.repeated:
        return await as_answered(window, kind, appended)
    return Changed(stream, appended.version, appended.position, state, events)


async def answer_to_repeat(
    window: Window, kind: StreamKind[C_contra, S], key: IdempotencyKey | None
) -> Changed[S] | None:
    """Return what the same request was answered before; None when it is a new one."""
    answered = await first_answer(window.ledger, key)
    return None if answered is None else await as_answered(window, kind, answered)


async def as_answered(window: Window, kind: StreamKind[C_contra, S], answered: Appended) -> Changed[S]:
    """Return a stream as it was when a request was answered first."""
    state = (await load(window.ledger, kind, answered.stream, up_to=answered.version)).state
    if state is None:
        raise StreamMissingError
    return Changed(answered.stream, answered.version, answered.position, state, repeated=True)


def folded(kind: StreamKind[C_contra, S], state: S | None, events: Sequence[Event]) -> S:
    """Return the state after these events.

    Raises:
        StreamMissingError: there was none, and no event has made one.
    """
    for event in events:
        state = kind.evolve(state, event)
    if state is None:
        raise StreamMissingError
    return state
