"""The public keys of a token issuer (JWKS), from a file or over HTTPS."""

import asyncio
import logging
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import orjson
from joserfc.errors import MissingKeyError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

from api.refusals import KeysUnavailableError
from application.settings import is_place_of_keys

Key: TypeAlias = OKPKey | ECKey | RSAKey

_FRESH = 600.0  # seconds after which keys are fetched again, so that a withdrawn key disappears
_PAUSE = 60.0  # seconds between two requests, so that tokens with invented keys cannot make us flood the issuer
_OLD = _FRESH + _PAUSE  # seconds after which nobody takes a known key for good before the issuer was asked again
_PATIENCE = 5.0
_LARGEST = 1 << 20
_log = logging.getLogger(__name__)


class IssuerKeys:
    """An issuer's keys by their id. They are remembered, and fetched again when they are old or an id is unknown.

    Who asks for a known key does not wait for the issuer, unless the issuer was not asked for `_OLD` seconds. So a key
    that the issuer withdraws is known for that long at most. If the issuer does not answer, or lists no key that can be
    used, the known keys stay; it is asked again each minute, and the time counts from the last try.

    Args:
        source: an https URL (plain http only to this machine) or the path of a file; None for fixed keys.
        keys: the keys at the beginning.
        patience: seconds to wait for the issuer, however many callers wait and however slowly it answers.
    """

    def __init__(
        self, source: str | None, keys: Mapping[str | None, Key] | None = None, *, patience: float = _PATIENCE
    ) -> None:
        if source is not None and not is_place_of_keys(source):
            raise ValueError("an issuer's keys come from a file or over https")
        self._source, self._keys = source, dict(keys or {})
        self._patience = patience
        # When keys were had last, and when a request for them ended last, whether it had any or not.
        self._fetched_at = self._asked_at = float("-inf")
        self._asking: asyncio.Task[None] | None = None

    async def find(self, key_id: str | None) -> Key | None:
        """Return the key with that id; without an id, the issuer's only key.

        Raises:
            KeysUnavailableError: there are no keys, and the issuer does not answer.
        """
        key, now = self._known(key_id), time.monotonic()
        if self._source is None or (key is not None and now - self._fetched_at < _FRESH):
            return key
        if self._asking is None and now - self._asked_at >= _PAUSE:
            self._asking = asyncio.create_task(self._ask(self._source))
        if self._asking is not None and (key is None or now - self._asked_at >= _OLD):
            await asyncio.shield(self._asking)  # one request for all who wait
        return self._known(key_id)

    def _known(self, key_id: str | None) -> Key | None:
        if key_id is not None:
            return self._keys.get(key_id)
        return next(iter(self._keys.values())) if len(self._keys) == 1 else None

    async def _ask(self, source: str) -> None:
        try:
            async with asyncio.timeout(2 * self._patience):
                self._keys = await asyncio.to_thread(_fetched, source, self._patience)
            self._fetched_at = time.monotonic()
        except Exception as error:  # noqa: BLE001 - whatever else the issuer sends, the fault is not ours
            # Known keys stay in use: an issuer that is away must not lock everybody out.
            _log.warning("the issuer's keys cannot be had: %s", type(error).__name__)
            if not self._keys:
                raise KeysUnavailableError from None
        finally:
            self._asking = None
        self._asked_at = time.monotonic()


def _fetched(source: str, patience: float) -> dict[str | None, Key]:
    raw = _downloaded(source, patience) if urlsplit(source).scheme else Path(source).read_bytes()
    read = [_imported(number, listed) for number, listed in enumerate(orjson.loads(raw)["keys"], start=1)]
    keys = {key.kid: key for key in read if key is not None}
    if not keys:
        raise MissingKeyError
    return keys


def _imported(number: int, listed: Any) -> Key | None:
    """Return a key of the issuer's set; None when it is of no kind that we use: the others count (RFC 7517, 5)."""
    try:
        key = JWKRegistry.import_key(listed)
        key.ensure_kid()
    except Exception as error:  # noqa: BLE001 - the library lets through whatever a malformed key leads to
        _log.warning("key %d of the issuer's set is left out: %s", number, type(error).__name__)
        return None
    return key if isinstance(key, OKPKey | ECKey | RSAKey) else None


def _downloaded(source: str, patience: float) -> bytes:
    """Return the downloaded bytes. The limit is for the whole download; the library's own restarts with each byte."""
    give_up_at = time.monotonic() + patience
    raw = b""
    with urllib.request.urlopen(source, timeout=patience) as answer:  # noqa: S310 - its scheme was checked
        while len(raw) < _LARGEST and (piece := answer.read1(1 << 16)):
            raw += piece
            if time.monotonic() > give_up_at:
                raise TimeoutError
    return raw
