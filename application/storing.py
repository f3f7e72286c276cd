"""Puts decided events into the ledger's form: with an envelope and a salt, and sealed."""

import os
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from domain.envelope import Actor, Envelope, Origin
from domain.event import Event
from ledger.published.codec import open_part, values_to_seal
from ledger.store.entries import NewEvent
from ledger.vault.seal import seal_fields
from ledger.vault.vault import CaseKey

_SALT_LENGTH = 32


class KeysMissingError(Exception):
    """The vault has no key of a person who was not erased: it was restored from a backup older than the case."""

    def __init__(self, case_id: UUID) -> None:
        super().__init__(f"the vault has no key of the applicant of case {case_id}, who was not erased")


def envelope_of(
    actor: Actor, agencies: Sequence[str], at: datetime, case_id: UUID, *, cause: str | None = None
) -> Envelope:
    """Return the envelope of new events; `cause` is the event that led to them, None when somebody asked for them."""
    origin: Origin = actor.role if actor.role in {"clock", "resource"} else "live"
    return Envelope(
        actor=actor, agencies=tuple(agencies), occurred_at=at, origin=origin, causation=cause, correlation=case_id
    )


def new_events(
    stream: UUID, version: int, events: Sequence[Event], envelope: Envelope, key: CaseKey | None
) -> list[NewEvent]:
    """Return the events in their stored form, after `version`. The first event is the cause of the others.

    Raises:
        KeysMissingError: an event has something to seal, and there is no key.
    """
    stored: list[NewEvent] = []
    for number, event in enumerate(events, start=version + 1):
        values = values_to_seal(event)
        if values and key is None:
            raise KeysMissingError(stream)
        sealed = seal_fields(values, key, stream, number) if values and key is not None else b""
        salt = os.urandom(_SALT_LENGTH)
        if len(stored) == 1:
            envelope = envelope.model_copy(update={"causation": f"{stream}:{version + 1}"})
        stored.append(NewEvent(stream, number, event.topic, open_part(event, envelope), sealed, salt))
    return stored
