"""Judges what events name as their causes: an event that there was before, and none where a person has asked."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID

from application.verifying.occurrence import IllegalEventError, Occurrence
from ledger.audit.findings import Finding

_PEOPLE: Final = frozenset(("applicant", "representative", "official", "agency", "coordinator", "auditor"))
_FOLLOWS_WITHIN_A_COMMAND: Final = "service.superseded"  # its own judge knows which event it names

EventPlace: TypeAlias = tuple[UUID, int]
"""Stream and version."""


class NamedCause(NamedTuple):
    """That the event at a position has this event as its cause."""

    position: int
    cause: EventPlace


def cause_of(one: Occurrence) -> NamedCause | None:
    """Return what the event names as its cause.

    Raises:
        IllegalEventError: a person asked for it, so that nothing else can have led to it.
    """
    named = one.envelope.causation
    if named is None:
        return None
    if one.envelope.actor.role in _PEOPLE and one.event.topic != _FOLLOWS_WITHIN_A_COMMAND:
        raise IllegalEventError("somebody has asked for it, and yet it names another event as its cause")
    stream, _, version = named.partition(":")
    return NamedCause(one.position, (UUID(stream), int(version)))


def groundless(named: Sequence[NamedCause], positions: Mapping[EventPlace, int]) -> Iterator[Finding]:
    """Return the events whose cause is not there, or not before them; `positions` has those that are there."""
    for position, cause in named:
        if positions.get(cause, position) >= position:
            yield Finding("legality", position, "the event that it names as its cause had not happened before it")
