"""Checkpoints, cosignatures and alarms of one log in the database. By one session at a time."""

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
    """What was signed of one log.

    Raises:
        LogUnavailableError: by any method, when the database does not answer.
    """

    def __init__(self, session: LogSession, origin: str) -> None:
        self._session, self._origin = session, origin

    def registered(self) -> str | None:
        """Return the key that signs this log; None while nobody has signed it."""
        rows = self._session.rows(_VKEY, [self._origin])
        return str(rows[0][0]) if rows else None

    def register(self, key: VerifierKey) -> None:
        """Let this key sign the log for ever, if it has none."""
        self._session.write(_REGISTER, [self._origin, key.text])

    def latest(self, key: VerifierKey) -> TreeHead | None:
        """Return the tree of the last checkpoint that was published.

        Raises:
            NoteError: it is not signed by this key.
        """
        rows = self._session.rows(_LATEST, [self._origin])
        return opened(bytes(rows[0][0]), key).head if rows else None

    def publish(self, size: int, raw: bytes, cosignatures: Mapping[str, NoteSignature]) -> None:
        """Publish a checkpoint with the cosignatures that it has; one of that size which is there stays as it is."""
        with self._session.together():
            self._session.write(_PUBLISH, [self._origin, size, raw])
            for witness, signature in cosignatures.items():
                self.cosign(size, witness, signature)
        # The commit point: from here on everybody sees it. A crash before it: it stands beside the key as the last
        # one signed, and is published by whoever keeps the log next.

    def cosign(self, size: int, witness: str, signature: NoteSignature) -> None:
        """Keep a cosignature that came after its checkpoint was published."""
        self._session.write(_COSIGN, [self._origin, size, witness, signature.line.encode()])

    def cosigned_by(self, size: int) -> set[str]:
        """Return the witnesses whose cosignatures the checkpoint of this size has."""
        return {witness for (witness,) in self._session.rows(_COSIGNED, [self._origin, size])}

    def witness_sizes(self) -> dict[str, int]:
        """Return the size of the tree that each witness has cosigned last, as far as it told us."""
        return dict(self._session.rows(_SIZES, [self._origin]))

    def witness_is_at(self, witness: str, size: int) -> None:
        """Keep the size of the tree that a witness has cosigned last."""
        self._session.write(_TOLD, [self._origin, witness, size])

    def alarm(self, source: str, kind: str, reason: str) -> None:
        """Let everybody who watches know: `kind` is stopped, fork, refused or away. A fork is not covered."""
        self._session.write(_ALARM, [self._origin, source, kind, reason])

    def end_alarm(self, source: str) -> None:
        """Take an alarm back."""
        self._session.write(_OVER, [self._origin, source])
