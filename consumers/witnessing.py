"""Has the public log's checkpoints cosigned: each is offered to every witness, and a silent one delays little."""

import logging
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Final, Self

from consumers.log_settings import LogSettings, WitnessAddress
from consumers.witness import Cosigned, IsAt, Offer, Refused, Witness
from ledger.public_log.checkpoint_store import CheckpointStore
from ledger.public_log.keeping import KeptLog
from ledger.public_log.note import NoteSignature

_LONGEST_PAUSE: Final = 60.0
_log = logging.getLogger(__name__)


class Witnesses:
    """All witnesses of the log. For one thread.

    Args:
        settings: the witnesses, and how long to wait for them.
    """

    def __init__(self, settings: LogSettings) -> None:
        self._patience = settings.patience
        self._threads = ThreadPoolExecutor(max(1, len(settings.witnesses)), thread_name_prefix="witness")
        self._asked = [_Asked(address, self._threads, settings.first_pause) for address in settings.witnesses]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        for asked in self._asked:
            if asked.future is None or asked.future.done():  # else its thread still uses the connections
                asked.witness.close()

    def begin(self, log: KeptLog) -> None:
        """Go on from the state that the last keeper of the log has left."""
        sizes, cosigned = log.checkpoints.witness_sizes(), log.checkpoints.cosigned_by(log.signed.size)
        for asked in self._asked:
            asked.is_at = sizes.get(asked.name, 0)
            asked.has_cosigned = log.signed.size if asked.name in cosigned else None

    def cosign(self, log: KeptLog) -> dict[str, NoteSignature]:
        """Offer the last signed checkpoint; return the cosignatures that came in time.

        A later call stores later ones. A witness that has refused is asked again after a growing pause.
        """
        fresh: dict[str, NoteSignature] = {}
        give_up_at = time.monotonic() + self._patience
        while True:
            for asked in self._asked:
                asked.take(log, fresh)
                asked.offer(log)
            under_way = [asked.future for asked in self._asked if asked.future is not None and not asked.is_late]
            left = give_up_at - time.monotonic()
            if not under_way or left <= 0:
                break
            wait(under_way, left, FIRST_COMPLETED)
        for asked in self._asked:
            asked.is_late = asked.future is not None
        return fresh


class _Asked:
    """A witness, what is known about it, and the request to it."""

    def __init__(self, address: WitnessAddress, threads: ThreadPoolExecutor, first_pause: float) -> None:
        self.name, self.witness, self._threads = address.name, Witness(address), threads
        self.is_at = 0
        self.has_cosigned: int | None = None
        self.future: Future[Cosigned | IsAt | Refused] | None = None
        self.is_late = False
        self._offered: Offer | None = None
        self._first_pause = self._pause = first_pause
        self._not_before = 0.0
        self._has_alarm = True  # possibly: the last keeper may have left one

    def offer(self, log: KeptLog) -> None:
        """Ask the witness for its cosignature, if it is time to."""
        head = log.signed
        if self.future is not None or self.has_cosigned == head.size or time.monotonic() < self._not_before:
            return
        if head.size == 0:
            return  # there are no events to witness yet
        old = self.is_at if self.is_at <= head.size else 0
        self._offered = Offer(head, log.signer.last()[1], old, log.tiles.consistency(old, head.size))
        self.future = self._threads.submit(self.witness.ask, self._offered)

    def take(self, log: KeptLog, fresh: dict[str, NoteSignature]) -> None:
        """Process its answer, if it has come."""
        if self.future is None or self._offered is None or not self.future.done():
            return
        answer, offered = self.future.result(), self._offered
        self.future, self.is_late = None, False
        match answer:
            case Cosigned(signature):
                self._cosigned(log, offered, signature, fresh)
            case IsAt(size):
                self.is_at = size
                self._not_before = time.monotonic() + (0 if size > offered.old else self._first_pause)
            case Refused(kind, reason):
                self._refused(log.checkpoints, kind, reason)

    def _cosigned(
        self, log: KeptLog, offered: Offer, signature: NoteSignature, fresh: dict[str, NoteSignature]
    ) -> None:
        size = offered.head.size
        if log.unpublished is not None and size == log.signed.size:
            fresh[self.name] = signature
        else:
            log.checkpoints.cosign(size, self.name, signature)
        # After a crash before this is stored, the witness is at this size, and is asked for it once more.
        log.checkpoints.witness_is_at(self.name, size)
        self.is_at = self.has_cosigned = size
        self._pause = self._first_pause
        if self._has_alarm:
            log.checkpoints.end_alarm(self.name)
            self._has_alarm = False

    def _refused(self, checkpoints: CheckpointStore, kind: str, reason: str) -> None:
        self._not_before = time.monotonic() + self._pause
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        # Asked without a size it answers with its own: our own record of it may be wrong.
        self.is_at = 0
        _log.log(logging.ERROR if kind == "fork" else logging.WARNING, "the witness %s %s", self.name, reason)
        checkpoints.alarm(self.name, kind, f"{self.name} {reason}")
        self._has_alarm = True
