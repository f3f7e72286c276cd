"""Loads the present state of a stream."""

from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from domain.stream_kinds import StreamKind
from domain.topics import TOPICS
from ledger.published.codec import decode
from ledger.store.ledger import Ledger

C_contra = TypeVar("C_contra", contravariant=True)
State = TypeVar("State")


class Loaded(NamedTuple, Generic[C_contra, State]):
    """A stream at a version. The state is None when there is no such stream of this kind.

    `seen` is the version that readers know: that of the last event of ours. Another application may have put its
    events after it, and the next event follows all of them.
    """

    kind: StreamKind[C_contra, State]
    stream: UUID
    state: State | None = None
    version: int = 0
    seen: int = 0


async def load(
    ledger: Ledger,
    kind: StreamKind[C_contra, State],
    stream: UUID,
    known: Loaded[C_contra, State] | None = None,
    up_to: int | None = None,
) -> Loaded[C_contra, State]:
    """Return the stream as it is now or was at a version.

    Args:
        ledger: the ledger that is read.
        kind: the expected kind of stream; a stream of another kind counts as absent.
        stream: its id.
        known: what was loaded before; only later events are read.
        up_to: the last version to fold.

    Raises:
        LedgerUnavailableError.
    """
    nothing: Loaded[C_contra, State] = Loaded(kind, stream)
    _, _, state, version, seen = known or nothing
    for entry in await ledger.read_stream(stream, version):
        if entry.version == 1 and entry.topic != kind.begins_with:
            return nothing
        if up_to is not None and entry.version > up_to:
            break
        version = entry.version
        if entry.topic in TOPICS:  # another application may have put its events beside ours; they change nothing
            state, seen = kind.evolve(state, decode(entry).event), version
    return Loaded(kind, stream, state, version, seen)
