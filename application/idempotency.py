"""Knows a request that is repeated."""

from typing import NamedTuple

from application.access.callers import Caller
from ledger.store.entries import Appended, IdempotencyKey
from ledger.store.ledger import Ledger
from ledger.vault.vault import IDEMPOTENCY, Vault

_KEY_LENGTH = 16


class Idempotency(NamedTuple):
    """An `Idempotency-Key` with what it belongs to.

    `scope` is the method and route that it came with; `body` the bytes that a repeat must have again.
    """

    scope: str
    key: str
    body: bytes

    def hashed(self, vault: Vault, caller: Caller) -> IdempotencyKey:
        """Return the keyed hashes that the ledger keeps: nothing in them tells who asked for what."""
        return hashed(vault, (caller.issuer, caller.subject, self.scope, self.key), self.body)


def hashed(vault: Vault, names: tuple[str, ...], body: bytes = b"") -> IdempotencyKey:
    """Return the keyed hashes by which the ledger knows the request of these names again."""
    who = [name.encode() for name in names]
    key = vault.derive(IDEMPOTENCY, b"key", *who)
    return IdempotencyKey(key[:_KEY_LENGTH], vault.derive(IDEMPOTENCY, b"body", *who, body)[:_KEY_LENGTH])


async def first_answer(ledger: Ledger, key: IdempotencyKey | None) -> Appended | None:
    """Return what the same request was answered before, if it was.

    Raises:
        KeyReusedError: the key came with another body then.
    """
    return None if key is None else await ledger.answer_to(key)
