"""Loads a case from its stream, and knows a request that is repeated."""

from typing import NamedTuple
from uuid import UUID

from application.callers import Caller
from application.window import Window
from domain.case.state import CaseState, evolve
from ledger.codec import decode
from ledger.records import Appended, IdempotencyKey
from ledger.vault import IDEMPOTENCY

_KEY_LENGTH = 16


class LoadedCase(NamedTuple):
    """A case at a version of its stream; no state means that there is no such case."""

    state: CaseState | None
    version: int


class Idempotency(NamedTuple):
    """An `Idempotency-Key` with what it belongs to.

    `scope` is the method and route that it came with; `body` the bytes that a repeat must have again.
    """

    scope: str
    key: str
    body: bytes

    def hashed(self, window: Window, caller: Caller) -> IdempotencyKey:
        """Return the keyed hashes that the ledger keeps: nothing in them tells who asked for what."""
        who = (caller.issuer.encode(), caller.subject.encode(), self.scope.encode(), self.key.encode())
        key = window.vault.derive(IDEMPOTENCY, b"key", *who)
        body = window.vault.derive(IDEMPOTENCY, b"body", *who, self.body)
        return IdempotencyKey(key[:_KEY_LENGTH], body[:_KEY_LENGTH])


async def load_case(window: Window, case_id: UUID, up_to: int | None = None) -> LoadedCase:
    """Return the case as of now, or as of a version of its stream."""
    state: CaseState | None = None
    version = 0
    for entry in await window.ledger.read_stream(case_id):
        if up_to is not None and entry.version > up_to:
            break
        state, version = evolve(state, decode(entry).event), entry.version
    return LoadedCase(state, version)


async def first_answer(window: Window, key: IdempotencyKey | None) -> Appended | None:
    """Return what the same request was answered before, if it was.

    Raises:
        KeyReusedError: the key came with another body then.
    """
    return None if key is None else await window.ledger.answer_to(key)
