"""Checks received events against the public log, with the file that everybody can use: `pencere_verify`."""

import random
import time
from http.client import HTTPException
from typing import Final
from urllib.error import HTTPError

from pencere_subscriber.errors import LogAwayError, NotInLogError, SettingsError
from pencere_subscriber.event import Event
from pencere_subscriber.pencere_verify import Event as StoredEvent
from pencere_subscriber.pencere_verify import Key, ServedLog

_PAUSE: Final = 0.2
_AT_ONCE: Final = 10_000  # events by one checkpoint; the tiles that they needed are forgotten then


class PublicLogCheck:
    """Proves events as they come: `Subscriber(..., check=PublicLogCheck(url, key))`.

    Called with an event, it returns if the log has this event at this position, byte for byte, in a tree that the key
    has signed. It waits for a checkpoint that covers the event, and for a log that is away.

    Args:
        url: where the log is served: `https://HOST/log`, or where its plain files are.
        key: the log's public key. Get it from somebody other than the server of the log.
        share: the random share of events to check: 1 is all of them, 0.01 one in a hundred.
        patience: seconds to wait at most.

    Raises:
        SettingsError: the key or the share is invalid.
        NotInLogError: when called: the log has something else there, or is not signed by the key.
        LogAwayError: when called: no checkpoint covers the event in time.
    """

    def __init__(self, url: str, key: str, *, share: float = 1.0, patience: float = 30.0) -> None:
        try:
            self._keys = [Key.parse(key)]
        except ValueError as error:
            raise SettingsError(str(error)) from None
        if not 0 < share <= 1:
            raise SettingsError(f"the share of events to check is above 0 and at most 1, not {share}")
        self._url, self._share, self._patience = url, share, patience
        self._lot = random.SystemRandom()  # nobody can foresee which event is checked
        self._log: ServedLog | None = None
        self.checked = 0
        """How many events were proved."""

    def __call__(self, event: Event) -> None:
        """Prove an event, or skip it at random."""
        if self._lot.random() >= self._share:
            return
        give_up_at = time.monotonic() + self._patience
        while True:
            try:
                self._prove(event)
            except (LookupError, OSError, HTTPException) as error:
                if isinstance(error, HTTPError):
                    error.close()  # it is also an answer, with a connection
                if time.monotonic() > give_up_at:
                    raise LogAwayError(self._url, event.position, error) from error
                self._log = None
                time.sleep(_PAUSE)  # until the next checkpoint, or until the log is back
            except (ValueError, OverflowError) as error:
                raise NotInLogError(event.topic, event.partition, event.sequence, event.position, error) from error
            else:
                self.checked += 1
                return

    def _prove(self, event: Event) -> None:
        if self._log is None or self.checked % _AT_ONCE == 0:
            self._log = ServedLog(self._url, self._keys)
        self._log.proof(StoredEvent.parse(event.stored()), event.position)
