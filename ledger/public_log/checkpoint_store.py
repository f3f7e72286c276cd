"""Checkpoints, cosignatures and alarms of one log in the database. One session at a time uses it."""

from collections.abc import Mapping
from typing import Final

from ledger.public_log.checkpoint import TreeHead, opened
from ledger.public_log.note import NoteSignature, VerifierKey
from ledger.public_log.session import LogSession

_REGISTER: Final = "INSERT INTO log.logs (origin, vkey) VALUES (%b, %b) ON CONFLICT DO NOTHING"
_VKEY: Final = "SELECT vkey FROM log.logs WHERE origin = %b"
_LATEST: Final = "SELECT note FROM log.checkpoints WHERE origin = %b ORDER BY size DESC LIMIT 1"
_PUBLISH: Final = "INSERT INTO log.checkpoints (origin, size, note) VALUES (%b, %b, %b) ON CONFLICT DO NOTHING"
_COSIGN: Final = (
    "INSERT INTO log.cosignatures (origin, size, witness, line) VALUES (%b, %b, %b, %b) ON CONFLICT DO NOTHING"
)
_COSIGNED: Final = "SELECT witness FROM log.cosignatures WHERE origin = %b AND size = %b"
_SIZES: Final = "SELECT witness, size FROM log.witnesses WHERE origin = %b"
_TOLD: Final = """
INSERT INTO log.witnesses (origin, witness, size) VALUES (%b, %b, %b)
    ON CONFLICT (origin, witness) DO UPDATE SET size = excluded.size
"""
_ALARM: Final = """
INSERT INTO log.alarms (origin, source, kind, reason) VALUES (%b, %b, %b, %b)
    ON CONFLICT (origin, source) DO UPDATE SET kind = excluded.kind, reason = excluded.reason
 WHERE log.alarms.kind <> 'fork' OR excluded.kind = 'fork'
"""
_OVER: Final = "DELETE FROM log.alarms WHERE origin = %b AND source = %b"


class CheckpointStore:
    """The signed checkpoints of one log.

    Raises:
        LogUnavailableError: by any method, when the database does not answer.
    """

    def __init__(self, session: LogSession, origin: str) -> None:
        self._session, self._origin = session, origin

    def registered(self) -> str | None:
        """Return the key that signs this log; None before the log is signed for the first time."""
        rows = self._session.rows(_VKEY, [self._origin])
        return str(rows[0][0]) if rows else None

    def register(self, key: VerifierKey) -> None:
        """Register this key as the log's key, if the log has none. A registered key cannot be replaced."""
        self._session.write(_REGISTER, [self._origin, key.text])

    def latest(self, key: VerifierKey) -> TreeHead | None:
        """Return the tree of the last checkpoint that was published.

        Raises:
            NoteError: it is not signed by this key.
        """
        rows = self._session.rows(_LATEST, [self._origin])
        return opened(bytes(rows[0][0]), key).head if rows else None

    def publish(self, size: int, raw: bytes, cosignatures: Mapping[str, NoteSignature]) -> None:
        """Publish a checkpoint with the cosignatures that it has; a published one of the same size stays unchanged."""
        with self._session.together():
            self._session.write(_PUBLISH, [self._origin, size, raw])
            for witness, signature in cosignatures.items():
                self.cosign(size, witness, signature)
        # The commit point: from here on everybody sees the checkpoint. After a crash before it, the checkpoint is
        # stored beside the key as the last one signed, and the next keeper of the log publishes it.

    def cosign(self, size: int, witness: str, signature: NoteSignature) -> None:
        """Store a cosignature that came after its checkpoint was published."""
        self._session.write(_COSIGN, [self._origin, size, witness, signature.line.encode()])

    def cosigned_by(self, size: int) -> set[str]:
        """Return the witnesses that have cosigned the checkpoint of this size."""
        return {witness for (witness,) in self._session.rows(_COSIGNED, [self._origin, size])}

    def witness_sizes(self) -> dict[str, int]:
        """Return, for each witness that told us, the size of the tree that it cosigned last."""
        return dict(self._session.rows(_SIZES, [self._origin]))

    def witness_is_at(self, witness: str, size: int) -> None:
        """Store the size of the tree that a witness has cosigned last."""
        self._session.write(_TOLD, [self._origin, witness, size])

    def alarm(self, source: str, kind: str, reason: str) -> None:
        """Raise an alarm: `kind` is stopped, fork, refused or away. A later alarm does not replace a fork."""
        self._session.write(_ALARM, [self._origin, source, kind, reason])

    def end_alarm(self, source: str) -> None:
        """End an alarm."""
        self._session.write(_OVER, [self._origin, source])
