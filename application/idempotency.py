"""Recognises a repeated request."""

from typing import NamedTuple
from uuid import UUID

from application.access.callers import Caller
from ledger.store.entries import Appended, IdempotencyKey
from ledger.store.ledger import Ledger
from ledger.vault.vault import IDEMPOTENCY, Vault

_KEY_LENGTH = 16


class Idempotency(NamedTuple):
    """An `Idempotency-Key` with the request that it belongs to.

    `scope` is the method and route of the request; `body` has the bytes that a repeat must have too.
    """

    scope: str
    key: str
    body: bytes

    def after(self, first: UUID, number: int) -> "Idempotency":
        """Return what makes a repeat of another change known that the same request led to, after the first one.

        It follows from the stream that the first change has made, so it is forgotten with that.
        """
        return self._replace(scope=f"{self.scope} part {number}", key=str(first))

    def hashed(self, vault: Vault, caller: Caller) -> IdempotencyKey:
        """Return the keyed hashes that the ledger keeps. They do not reveal who asked for what."""
        who = (caller.issuer.encode(), caller.subject.encode(), self.scope.encode(), self.key.encode())
        key = vault.derive(IDEMPOTENCY, b"key", *who)
        return IdempotencyKey(key[:_KEY_LENGTH], vault.derive(IDEMPOTENCY, b"body", *who, self.body)[:_KEY_LENGTH])


async def first_answer(ledger: Ledger, key: IdempotencyKey | None) -> Appended | None:
    """Return the first answer to the same request, or None.

    Raises:
        KeyReusedError: the key came with another body the first time.
    """
    return None if key is None else await ledger.answer_to(key)
