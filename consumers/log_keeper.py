"""Keeps the public log: adds events to the tree, signs it, has it witnessed, publishes it. One process at a time."""

import logging
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final
from uuid import UUID

from application.identity import looks_stream
from consumers.log_settings import LogSettings
from consumers.witnessing import Witnesses
from ledger.public_log.checkpoint_store import CheckpointStore
from ledger.public_log.keeping import SIGNER, KeptLog, signer_of
from ledger.public_log.session import MAKE_ROOM, LogSession, LogUnavailableError
from ledger.public_log.stating import cases_asked_about, state
from ledger.public_log.stops import LogStoppedError, NotTheSignerError

_STAND_BY: Final = 1.0
_PAUSE: Final = 0.5
_STOPPED: Final = 10.0
_ROOM: Final = 1.0
_BETWEEN_ASKED: Final = 0.05
_DEAF: Final = 0.2  # the longest time in seconds before the keeper notices that it should end
_log = logging.getLogger(__name__)

Wait = Callable[[float], set[str]]


class LogKeeper:
    """Keeps the log while it runs, or stands by while another process does.

    Args:
        url: the database as the role `pencere_projector`.
        folder: of the key and of the last signed checkpoint.
        origin: the log's name, which never changes.
        settings: how often the log is signed, and its witnesses.
    """

    def __init__(self, url: str, folder: Path, origin: str, settings: LogSettings) -> None:
        self._url, self._folder, self._origin, self._settings = url, folder, origin, settings
        self._stopping = False

    def stop(self) -> None:
        """End soon: after the present publication."""
        self._stopping = True

    def run(self) -> None:
        """Keep the log until stopped; wait while the database is away, or while the log needs a person to repair it."""
        with Witnesses(self._settings) as witnesses:
            while not self._stopping:
                try:
                    with LogSession(self._url) as session:
                        pause = self._serve(session, witnesses)
                except LogUnavailableError as error:
                    _log.warning("the public log begins anew: %s", error)
                    pause = _PAUSE
                self._rest(pause)  # back-off, or a pause that lets another process keep the log

    def _serve(self, session: LogSession, witnesses: Witnesses) -> float:
        """Keep the log with this session, if it is elected; return the pause before the next try."""
        wait = session.listen()
        while not session.elect():
            # Another process keeps the log; its lock ends with its session. Requests to make room were for that one.
            if self._stopping or MAKE_ROOM in self._hear(wait, _STAND_BY):
                return _ROOM
        checkpoints = CheckpointStore(session, self._origin)
        try:
            log = KeptLog(session, signer_of(checkpoints, self._folder, self._origin))
            log.begin()
            witnesses.begin(log)
            self._keep(session, log, witnesses, wait)
        except NotTheSignerError as error:
            _log.warning("%s", error)
            return _STOPPED
        except LogStoppedError as error:
            _log.error("the public log has stopped: %s", error)
            checkpoints.alarm(SIGNER, "stopped", str(error))
            self._wait_for_a_person(wait)
        return _ROOM

    def _keep(self, session: LogSession, log: KeptLog, witnesses: Witnesses, wait: Wait) -> None:
        """Repeat rounds until stopped, or until somebody asks to take over."""
        asked_about = set[UUID]()
        while not self._stopping:
            began = time.monotonic()
            due = began + self._settings.interval
            is_all_in = log.grow(partial(self._is_due, due))
            log.sign()
            log.publish(witnesses.cosign(log))
            state(session, log, asked_about, looks_stream)
            has_more = not is_all_in or log.size > log.signed.size
            heard = self._hear(wait, 0.0 if has_more else due - time.monotonic())
            if MAKE_ROOM in heard:
                return
            asked_about = cases_asked_about(heard)
            time.sleep(max(0.0, began + _BETWEEN_ASKED - time.monotonic()))  # so that many callers share a signature

    def _is_due(self, due: float) -> bool:
        return self._stopping or time.monotonic() > due

    def _wait_for_a_person(self, wait: Wait) -> None:
        until = time.monotonic() + _STOPPED
        while not self._stopping and time.monotonic() < until:
            if MAKE_ROOM in self._hear(wait, _STAND_BY):
                return

    def _hear(self, wait: Wait, seconds: float) -> set[str]:
        """Return the messages that came, as soon as there are any, after so many seconds at most."""
        until = time.monotonic() + seconds
        while True:
            left = until - time.monotonic()
            heard = wait(max(0.0, min(left, _DEAF)))
            if heard or left <= _DEAF or self._stopping:
                return heard

    def _rest(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._stopping and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, _DEAF))
