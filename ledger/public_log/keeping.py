"""Keeps the public log: lets the tree grow, has it signed, publishes the checkpoint. In this order, by one process.

Tiles are written before their tree is signed, and a checkpoint is published after it was signed. So whatever is cut
off where, what is published has its tiles, and what was signed is known beside the key.
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
"""Under this name the alarm stands that the log has stopped."""


class KeptLog:
    """The log, as long as we keep it: a session that is elected, and the key.

    Args:
        session: elected already.
        signer: of the key that the log is registered with.

    Raises:
        LogUnavailableError: by any method, when the database does not answer.
        LogStoppedError: by any method, when the log cannot go on: a person must look at it.
    """

    def __init__(self, session: LogSession, signer: LogSigner) -> None:
        self.signer = signer
        self.tiles = TileStore(session)
        self.checkpoints = CheckpointStore(session, signer.vkey.name)

    def begin(self) -> None:
        """Take up the log where it stands, with whatever another process has left half done.

        Raises:
            SignerAheadError: the ledger has fewer events than were signed.
            ForkError: the ledger has other events than were signed.
            SignerStateError: it is not known what was signed last.
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
        # The same bytes again: the last keeper may have died between having them signed and publishing them.
        self.unpublished = raw if published != self.signed else None
        self.checkpoints.end_alarm(SIGNER)

    def grow(self, enough: Callable[[], bool] = lambda: False) -> bool:
        """Let the tree grow with the ledger, unless that is enough; tell if all is in that was there."""
        return grow(self.tiles, self._edge, enough=enough)

    @property
    def size(self) -> int:
        """How many events are in the tree."""
        return self._edge.size

    def sign(self) -> bool:
        """Have the tree signed, if it has grown and nothing waits to be published; tell whether something does then."""
        if self.unpublished is None and self.size > self.signed.size:
            head = TreeHead(self.size, self._edge.root())
            self.unpublished = self.signer.sign(head, self.tiles.consistency(self.signed.size, head.size))
            self.signed = head
        return self.unpublished is not None

    def publish(self, cosignatures: Mapping[str, NoteSignature]) -> None:
        """Publish what was signed last, with the cosignatures that it has got."""
        if self.unpublished is not None:
            self.checkpoints.publish(self.signed.size, self.unpublished, cosignatures)
            self.unpublished = None

    def _published(self) -> TreeHead | None:
        try:
            return self.checkpoints.latest(self.signer.vkey)
        except NoteError as error:
            raise SignerStateError(f"the last published checkpoint is not one of this log's: {error}") from None


def signer_of(checkpoints: CheckpointStore, folder: Path, origin: str) -> FileLogSigner:
    """Return the log's signer; the first process to ask makes its key.

    Raises:
        NotTheSignerError: the log has a key already, and it is not in the folder.
        SignerStateError: the key's files are damaged.
    """
    if checkpoints.registered() is None:
        # A crash after the key is made: the next one finds it and registers it.
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
    """Check, where the key is, that the ledger has what was signed: nobody is to write on after a restored backup.

    Raises:
        LogStoppedError: it has not; the text says what to do.
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
            # Tiles are written before their tree is signed: these went back in time, and events were written since.
            grow_in_memory(tiles, edge, signed.size)
            root = edge.root()
        if root != signed.root:
            raise ForkError(signed.size)
