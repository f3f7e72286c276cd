"""Keeps the public log: adds events to the tree, has it signed, publishes the checkpoint. One process, in this order.

Tiles are written before their tree is signed, and a checkpoint is published after it was signed. So after a crash at
any point, every published checkpoint has its tiles, and the last signed tree is stored beside the key.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from ledger.public_log.checkpoint import TreeHead
from ledger.public_log.checkpoint_store import CheckpointStore
from ledger.public_log.growing import grow, grow_in_memory
from ledger.public_log.note import NoteError, NoteSignature
from ledger.public_log.session import LogSession
from ledger.public_log.signer import FileLogSigner, LogSigner
from ledger.public_log.stops import ForkError, NotTheSignerError, SignerAheadError, SignerStateError
from ledger.public_log.tile_store import TileStore

SIGNER: Final = "signer"
"""The source that the alarm names when the log has stopped."""


class KeptLog:
    """The log while this process keeps it: an elected session, and the key.

    Args:
        session: elected already.
        signer: signs with the key that the log is registered with.

    Raises:
        LogUnavailableError: by any method, when the database does not answer.
        LogStoppedError: by any method, when the log cannot go on and needs a person.
    """

    def __init__(self, session: LogSession, signer: LogSigner) -> None:
        self.signer = signer
        self.tiles = TileStore(session)
        self.checkpoints = CheckpointStore(session, signer.vkey.name)

    def begin(self) -> None:
        """Go on from the log's present state, and finish what another process has left unfinished.

        Raises:
            SignerAheadError: the ledger has fewer events than were signed.
            ForkError: the ledger's events differ from those that were signed.
            SignerStateError: the last signed tree is not known.
        """
        self.signed, raw = self.signer.last()
        published = self._published()
        if published is not None and published.size > self.signed.size:
            raise SignerStateError(
                f"a checkpoint of {published.size} events is published, and beside the key stands one of"
                f" {self.signed.size}: that file is old. `pencere log resume FILE` takes the newest checkpoint that has"
                " left the house"
            )
        check_events_are_there(self.tiles, self.signed)
        self._edge = self.tiles.edge()
        grow(self.tiles, self._edge, enough=lambda: self._edge.size >= self.signed.size)
        for head in filter(None, (published, self.signed)):
            if self.tiles.root(head.size) != head.root:
                raise ForkError(head.size)
        # Publish the same bytes again: the last keeper may have died between signing and publishing them.
        self.unpublished = raw if published != self.signed else None
        self.checkpoints.end_alarm(SIGNER)

    def grow(self, enough: Callable[[], bool] = lambda: False) -> bool:
        """Add the ledger's new events to the tree, until stopped; return whether all of them are in it."""
        return grow(self.tiles, self._edge, enough=enough)

    @property
    def size(self) -> int:
        """How many events are in the tree."""
        return self._edge.size

    def sign(self) -> bool:
        """Have the tree signed, if it has grown and nothing waits to be published; return whether something does."""
        if self.unpublished is None and self.size > self.signed.size:
            head = TreeHead(self.size, self._edge.root())
            self.unpublished = self.signer.sign(head, self.tiles.consistency(self.signed.size, head.size))
            self.signed = head
        return self.unpublished is not None

    def publish(self, cosignatures: Mapping[str, NoteSignature]) -> None:
        """Publish the last signed checkpoint, with the cosignatures that it has."""
        if self.unpublished is not None:
            self.checkpoints.publish(self.signed.size, self.unpublished, cosignatures)
            self.unpublished = None

    def _published(self) -> TreeHead | None:
        try:
            return self.checkpoints.latest(self.signer.vkey)
        except NoteError as error:
            raise SignerStateError(f"the last published checkpoint is not one of this log's: {error}") from None


def signer_of(checkpoints: CheckpointStore, folder: Path, origin: str) -> FileLogSigner:
    """Return the log's signer; the first process to ask creates the key.

    Raises:
        NotTheSignerError: the log has a key already, and that key is not in the folder.
        SignerStateError: the key's files are damaged.
    """
    if checkpoints.registered() is None:
        # After a crash between creating and registering the key, the next process finds it and registers it.
        checkpoints.register(FileLogSigner.make(folder, origin).vkey)
    signer = FileLogSigner.open(folder, origin)
    if signer is None or signer.vkey.text != checkpoints.registered():
        raise NotTheSignerError(origin, folder)
    return signer


def check_events_are_there(tiles: TileStore, signed: TreeHead) -> None:
    """Check that the ledger has as many events as were signed.

    Raises:
        SignerAheadError: it has not.
    """
    there = tiles.head()
    if there < signed.size:
        raise SignerAheadError(signed.size, there)


def check_before_serving(url: str, folder: Path, origin: str) -> None:
    """Check, where the key is, that the ledger has all signed events: nobody may write to a restored backup.

    Raises:
        LogStoppedError: it does not; the text says what to do.
        LogUnavailableError: the database does not answer.
    """
    signer = FileLogSigner.open(folder, origin)
    if signer is None:
        return
    signed, _ = signer.last()
    with LogSession(url) as session:
        tiles = TileStore(session)
        check_events_are_there(tiles, signed)
        edge = tiles.edge()
        if edge.size >= signed.size:
            root = tiles.root(signed.size)
        else:
            # Tiles are written before their tree is signed: so the database went back in time and was written to since.
            grow_in_memory(tiles, edge, signed.size)
            root = edge.root()
        if root != signed.root:
            raise ForkError(signed.size)
