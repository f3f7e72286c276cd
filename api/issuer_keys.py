"""The public keys of a token issuer (JWKS), from a file or over HTTPS."""

import asyncio
import logging
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

import orjson
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from api.refusals import KeysUnavailableError

Key: TypeAlias = OKPKey | ECKey | RSAKey

_FRESH = 600.0  # seconds after which keys are asked for again, so that a withdrawn one goes
_PAUSE = 60.0  # seconds between two askings, so that tokens with made-up keys cannot make us flood the issuer
_PATIENCE = 5.0
_LARGEST = 1 << 20
_log = logging.getLogger(__name__)


class IssuerKeys:
    """An issuer's keys by their id, kept, and asked for again when they are old or one is unknown.

    Args:
        source: an https URL (plain http to the own machine only) or the path of a file; None for fixed keys.
        keys: the keys to begin with.
    """

    def __init__(self, source: str | None, keys: Mapping[str | None, Key] | None = None) -> None:
        if source is not None:
            _check_source(source)
        self._source, self._keys = source, dict(keys or {})
        self._asked_at = float("-inf")
        self._asking = asyncio.Lock()

    async def find(self, key_id: str | None) -> Key | None:
        """Return the key of that id; without an id, the only key there is.

        Raises:
            KeysUnavailableError: there are no keys, and the issuer does not answer.
        """
        key = self._known(key_id)
        if self._source is None or (key is not None and time.monotonic() - self._asked_at < _FRESH):
            return key
        async with self._asking:
            if time.monotonic() - self._asked_at >= _PAUSE:
                await self._ask(self._source)
        return self._known(key_id)

    def _known(self, key_id: str | None) -> Key | None:
        if key_id is not None:
            return self._keys.get(key_id)
        return next(iter(self._keys.values())) if len(self._keys) == 1 else None

    async def _ask(self, source: str) -> None:
        self._asked_at = time.monotonic()
        try:
            self._keys = await asyncio.to_thread(_fetched, source)
        except (OSError, ValueError, JoseError) as error:
            # Keys that are known stay in use: an issuer that is away must not lock everybody out.
            _log.warning("the issuer's keys cannot be had: %s", type(error).__name__)
            if not self._keys:
                self._asked_at = float("-inf")
                raise KeysUnavailableError from None


def _check_source(source: str) -> None:
    parts = urlsplit(source)
    is_own_machine = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if parts.scheme not in {"", "https"} and not (parts.scheme == "http" and is_own_machine):
        raise ValueError("an issuer's keys come from a file or over https")


def _fetched(source: str) -> dict[str | None, Key]:
    if urlsplit(source).scheme:
        with urllib.request.urlopen(source, timeout=_PATIENCE) as answer:  # noqa: S310 - scheme checked above
            raw = answer.read(_LARGEST)
    else:
        raw = Path(source).read_bytes()
    keys = KeySet.import_key_set(orjson.loads(raw)).keys
    return {key.kid: key for key in keys if isinstance(key, OKPKey | ECKey | RSAKey)}
