"""Judges the causes that events name: none where a person has asked, and one that explains what nobody asked for."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID

from application.identity import register_stream
from application.verifying.occurrence import IllegalEventError, Occurrence
from domain.case.clock_events import CLOCK_EVENTS, TermCounted
from domain.case.events import CaseBecameOverdue
from domain.case.evidence_events import EVIDENCE_EVENTS
from ledger.audit.findings import Finding

_PEOPLE: Final = frozenset(("applicant", "representative", "official", "agency", "coordinator", "auditor"))

_ASKED_FOR: Final = frozenset(("desk", "draw", "erasure", "import", "keeper", "mandate", "sweep"))
"""What the window does at somebody's bidding, by the pseudonym under which it does it.

A draw and what it leads to name their case and their number, so that they need no cause beside these.
"""

_ORIGINS_OF_THEIR_OWN: Final = frozenset(("clock", "resource"))
"""What acts under this role has this origin, and nothing else has."""

EventPlace: TypeAlias = tuple[UUID, int]
"""Stream and version."""


class NamedCause(NamedTuple):
    """That the event at a position has this event as its cause."""

    position: int
    cause: EventPlace


def _is_the_submission(one: Occurrence, cause: EventPlace) -> bool:
    return cause == (one.stream, 1)


def _is_the_register(_: Occurrence, cause: EventPlace) -> bool:
    return cause[0] == register_stream()


def _is_judged_with_its_case(_one: Occurrence, _cause: EventPlace) -> bool:
    return True


_EXPLAINED: Final[Mapping[str, Callable[[Occurrence, EventPlace], bool]]] = {
    CaseBecameOverdue.topic: _is_the_submission,
    **{kind.topic: _is_the_submission for kind in CLOCK_EVENTS},
    TermCounted.topic: _is_judged_with_its_case,  # only its case knows which calendar it is counted by
    **{kind.topic: _is_the_submission for kind in EVIDENCE_EVENTS},
    "service.evidence_source_lost": _is_the_register,
    "service.held_elements_asked": _is_the_register,
}
"""Which cause explains an event that nobody has asked for; a kind of event that is not here cannot be explained."""


def cause_of(one: Occurrence, *, follows_within: bool) -> NamedCause | None:
    """Return what the event names as its cause; of what follows within a command the judge knows which it must be.

    Raises:
        IllegalEventError: a person asked for it, so that nothing else can have led to it; or nobody did, and what it
            names does not explain it; or its origin is not that of whoever acted.
    """
    cause = _cause_of(one, follows_within=follows_within)
    role, origin = one.envelope.actor.role, one.envelope.origin
    if role != origin and (role in _ORIGINS_OF_THEIR_OWN or origin in _ORIGINS_OF_THEIR_OWN):
        raise IllegalEventError(f"what the {role} did cannot have the origin {origin}")
    return cause


def _cause_of(one: Occurrence, *, follows_within: bool) -> NamedCause | None:
    named = one.envelope.causation
    actor = one.envelope.actor
    is_asked_for = actor.role in _PEOPLE or (actor.role == "window" and actor.pseudonym in _ASKED_FOR)
    if named is None:
        if not is_asked_for:
            raise IllegalEventError(f"nobody has asked for it, and no cause explains what the {actor.role} did")
        return None
    if actor.role in _PEOPLE and not follows_within:
        raise IllegalEventError("somebody has asked for it, and yet it names another event as its cause")
    stream, _, version = named.partition(":")
    cause = (UUID(stream), int(version))
    if not is_asked_for and not follows_within and not _EXPLAINED.get(one.event.topic, _nothing)(one, cause):
        raise IllegalEventError(f"nobody has asked for it, and its cause does not explain what the {actor.role} did")
    return NamedCause(one.position, cause)


def _nothing(_: Occurrence, _cause: EventPlace) -> bool:
    return False


def groundless(named: Sequence[NamedCause], positions: Mapping[EventPlace, int]) -> Iterator[Finding]:
    """Return the events whose cause is not there, or not before them; `positions` has those that are there."""
    for position, cause in named:
        if positions.get(cause, position) >= position:
            yield Finding("legality", position, "the event that it names as its cause had not happened before it")
