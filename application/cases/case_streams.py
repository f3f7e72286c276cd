"""Loads a case from its stream, and knows a request that is repeated."""

from collections.abc import Sequence
from typing import Final, NamedTuple
from uuid import UUID

from application.access.callers import Caller
from application.window import Window
from domain.case.events import CaseSubmitted
from domain.case.state import CaseState, evolve
from domain.topics import TOPICS
from ledger.published.codec import decode
from ledger.store.entries import Appended, IdempotencyKey, StoredEntry
from ledger.store.ledger import Ledger
from ledger.vault.vault import IDEMPOTENCY

_KEY_LENGTH = 16
_CASE_ID_VERSION: Final = 7


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
    for entry in await entries_of_case(window.ledger, case_id):
        if up_to is not None and entry.version > up_to:
            break
        version = entry.version
        if entry.topic in TOPICS:  # an application may have put events of its own beside ours; they change nothing
            state = evolve(state, decode(entry).event)
    return LoadedCase(state, version)


async def entries_of_case(ledger: Ledger, case_id: UUID) -> list[StoredEntry]:
    """Return the entries of a case; none when there is no such case.

    Only an id of version 7 can be a case's. The streams of services, agencies, subscriptions and looks have ids that
    anybody can compute, of version 5: nothing is read for those, so that no answer tells whether one of them exists.
    """
    if not is_case_id(case_id):
        return []
    entries = await ledger.read_stream(case_id)
    return entries if begins_a_case(entries) else []


def is_case_id(case_id: UUID) -> bool:
    """Return whether a case can have this id."""
    return case_id.version == _CASE_ID_VERSION


def begins_a_case(entries: Sequence[StoredEntry]) -> bool:
    """Return whether these are the events of a case: a stream is what its first event makes it."""
    return bool(entries) and entries[0].topic == CaseSubmitted.topic and entries[0].version == 1


def has_case_events(entries: Sequence[StoredEntry]) -> bool:
    """Return whether any of these is an event of a case: all that an auditor asks, whose ledger may be changed."""
    return any(entry.topic.startswith("case.") and entry.topic in TOPICS for entry in entries)


async def first_answer(window: Window, key: IdempotencyKey | None) -> Appended | None:
    """Return what the same request was answered before, if it was.

    Raises:
        KeyReusedError: the key came with another body then.
    """
    return None if key is None else await window.ledger.answer_to(key)
