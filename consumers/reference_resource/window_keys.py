"""The window's public keys, as the reference resource fetches them."""

import asyncio
import json
import logging
import time
import urllib.request
from collections.abc import Mapping
from typing import Final, NamedTuple

from joserfc.jwk import OKPKey

from application.evidence.signing import UnusableKeyError, imported
from application.settings import is_place_of_keys

_PATH: Final = "/v1/evidence/keys"
_PAUSE: Final = 2.0  # seconds between two requests, so that messages with invented keys cannot make us flood the window
_PATIENCE: Final = 5.0
_LARGEST: Final = 64 << 10
_log = logging.getLogger(__name__)


class PublicKeys(NamedTuple):
    """The keys that verify what the window asks, by their ids, and the key that it is answered under."""

    verifying: Mapping[str, OKPKey]
    sealing: OKPKey | None


class WindowKeys:
    """The keys by their ids; they are fetched when a message names one that is not known.

    Args:
        window: the window's address: https, or http on this machine.

    Raises:
        ValueError: it is no such address.
    """

    def __init__(self, window: str) -> None:
        if not is_place_of_keys(window) or "://" not in window:
            raise ValueError("the window's keys come over https (http only from this machine)")
        self._address = window.rstrip("/") + _PATH
        self._known = PublicKeys({}, None)
        self._asked_at = float("-inf")
        self._one_at_a_time = asyncio.Lock()

    async def having(self, key_id: str | None) -> PublicKeys:
        """Return the keys, fetched once more if this one is not among them."""
        async with self._one_at_a_time:
            if key_id not in self._known.verifying and time.monotonic() - self._asked_at >= _PAUSE:
                try:
                    self._known = await asyncio.to_thread(self._fetched)
                    self._asked_at = time.monotonic()
                except (OSError, ValueError, KeyError, TypeError) as error:
                    _log.warning("the window's keys cannot be had: %s", type(error).__name__)
        return self._known

    def _fetched(self) -> PublicKeys:
        with urllib.request.urlopen(self._address, timeout=_PATIENCE) as answer:  # noqa: S310 - its scheme was checked
            listed = json.loads(answer.read(_LARGEST))["keys"]
        found: dict[str, OKPKey] = {}
        sealing: OKPKey | None = None
        for each in listed:
            try:
                key = imported(each)
            except UnusableKeyError:
                continue  # of a kind that we do not use; the others count
            if each.get("use") == "enc":
                sealing = sealing or key  # the first is the one to use
            else:
                found[str(key.kid)] = key
        return PublicKeys(found, sealing)
