"""The vault's keyed hashes: of persons, identifiers, idempotency keys, imports, life events, offers, webhooks' keys."""

import hashlib
import hmac
import os

from ledger.vault.key_encryption import KekUnknownError, KeyEncryption, KeyEncryptionError, PlainKey, WrappedKey
from ledger.vault.line import VaultLine, VaultUnavailableError

CONFLICT = "conflict"
IDEMPOTENCY = "idempotency"
IMPORT = "import"
LIFE_EVENT = "life-event"
MANDATE = "mandate"
WEBHOOK = "webhook"
_PERSON_TAG = "person-tag"
_NAMES = (_PERSON_TAG, CONFLICT, IDEMPOTENCY, IMPORT, LIFE_EVENT, MANDATE, WEBHOOK)
_TRIES = 5

_ALL = "SELECT name, wrapped, kek_id FROM vault.secrets"
_KEEP = "SELECT vault.keep_secret(%b, %b, %b)"


class VaultSecrets:
    """Random secrets that are made once, stored wrapped in the vault and shared by all its processes."""

    def __init__(self, line: VaultLine, key_encryption: KeyEncryption) -> None:
        self._line, self._key_encryption = line, key_encryption
        self._held: dict[str, bytes] = {}

    async def load(self) -> None:
        """Fetch the secrets, after making the missing ones.

        Raises:
            KeyEncryptionError: a stored secret cannot be unwrapped.
        """
        refusal: Exception = VaultUnavailableError("the vault's secrets change too fast")
        for _ in range(_TRIES):
            rows = await self._line.run(_ALL)
            opened = await self._key_encryption.unwrap([WrappedKey(row[0].encode(), row[2], row[1]) for row in rows])
            error = next((outcome for outcome in opened if isinstance(outcome, KeyEncryptionError)), None)
            if isinstance(error, KekUnknownError):
                refusal = error  # or a rotation ended in between: the stored secrets are wrapped again by now
                continue
            if error is not None:
                raise error
            self._held = {row[0]: key for row, key in zip(rows, opened, strict=True) if isinstance(key, bytes)}
            if set(_NAMES) <= set(self._held):
                return
            await self._make()
        raise refusal

    def tag(self, issuer: str, subject: str) -> bytes:
        """Return HMAC-SHA-256 of issuer, a zero byte and subject."""
        if "\0" in issuer:
            raise ValueError("an issuer has no zero byte in its name")
        return hmac.digest(self._held[_PERSON_TAG], f"{issuer}\0{subject}".encode(), hashlib.sha256)

    def derive(self, name: str, *parts: bytes) -> bytes:
        """Return HMAC-SHA-256 of the parts, each after its length in eight bytes, by the named secret."""
        if name == _PERSON_TAG:
            raise ValueError("persons have tags")
        message = b"".join([len(part).to_bytes(8, "big") + part for part in parts])
        return hmac.digest(self._held[name], message, hashlib.sha256)

    async def _make(self) -> None:
        missing = [PlainKey(name.encode(), os.urandom(32)) for name in _NAMES if name not in self._held]
        kek_id, wrapped = await self._key_encryption.wrap(missing)
        for key, value in zip(missing, wrapped, strict=True):
            # Read the secrets back before using them: another process may have stored its own first.
            await self._line.run(_KEEP, (key.name.decode(), value, kek_id))
