"""Loads a case from its stream and appends what was decided, sealed and under an envelope."""

import os
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from application.callers import Caller
from application.window import Window
from domain.case.state import CaseState, evolve
from domain.envelope import Envelope
from domain.event import Event
from ledger.codec import decode, open_part, values_to_seal
from ledger.records import Appended, IdempotencyKey, NewEvent
from ledger.seal import seal_fields
from ledger.vault import IDEMPOTENCY, CaseKey

_SALT_LENGTH = 32
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


def new_events(
    stream: UUID, version: int, events: Sequence[Event], envelope: Envelope, key: CaseKey | None
) -> list[NewEvent]:
    """Return the events as they are to be stored after `version`.

    Raises:
        ValueError: when an event has something to seal and there is no key to seal it under.
    """
    stored = []
    for number, event in enumerate(events, start=version + 1):
        values = values_to_seal(event)
        if values and key is None:
            raise ValueError("an event with sealed fields needs its person's key")
        sealed = seal_fields(values, key, stream, number) if values and key is not None else b""
        salt = os.urandom(_SALT_LENGTH)
        stored.append(NewEvent(stream, number, event.topic, open_part(event, envelope), sealed, salt))
    return stored


async def first_answer(window: Window, key: IdempotencyKey | None) -> Appended | None:
    """Return what the same request was answered before, if it was.

    Raises:
        KeyReusedError: the key came with another body then.
    """
    return None if key is None else await window.ledger.answer_to(key)
