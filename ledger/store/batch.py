"""The arguments of one call of ledger.append, and what its result means for each request of the batch."""

import struct
from collections.abc import Collection, Hashable, Sequence
from typing import NamedTuple, TypeAlias

import psycopg
from psycopg.rows import TupleRow

from domain.values import LARGEST_NUMBER
from ledger.postgresql import arrays
from ledger.refusals import KeyReusedError, UnstorableEventError, VersionConflictError
from ledger.store.entries import Appended, IdempotencyKey, NewEvent

Outcome: TypeAlias = Appended | Exception

_UNSTORABLE = (psycopg.DataError, psycopg.IntegrityError, psycopg.errors.ProgramLimitExceeded, struct.error, ValueError)
# Far below what a transaction has time for: a request that never succeeds would block the head again and again.
_LARGEST_REQUEST = 16 << 20
_LONGEST_TOPIC = 10_000  # characters; a replica's records have two bytes for the length in UTF-8


class Append(NamedTuple):
    """One request: all of its events are appended, one after the other, or none."""

    events: Sequence[NewEvent]
    key: IdempotencyKey | None
    uniqueness_only: bool


def refusal(request: Append, error: Exception) -> Exception:
    """Translate the database's error for one request. Return an error that is not the request's fault unchanged."""
    first = request.events[0]
    told: Exception
    if _is_one_version_twice(error):
        told = VersionConflictError(first.stream, first.version - 1)
    elif isinstance(error, _UNSTORABLE) and not isinstance(error, psycopg.errors.UniqueViolation):
        told = UnstorableEventError(f"the database cannot hold this event: {type(error).__name__}")
    else:
        return error
    told.__cause__ = error
    return told


def _is_one_version_twice(error: Exception) -> bool:
    """Return whether a stream's version would exist twice. A position twice is no caller's fault: the head is wrong."""
    if not isinstance(error, psycopg.errors.UniqueViolation):
        return False
    return error.diag.constraint_name == "events_stream_version"


def parameters(batch: Sequence[Append]) -> Sequence[arrays.BinaryArray]:
    """Return the eleven arrays for ledger.append."""
    follows: list[int | None] = []
    requests: list[int] = []
    key_lasts: list[int] = []
    keys: list[IdempotencyKey] = []
    events: list[NewEvent] = []
    for number, (own, key, uniqueness_only) in enumerate(batch):
        events += own
        requests += [number] * len(own)
        if len(own) == 1 and not uniqueness_only:
            follows.append(own[0].version - 1)
        else:
            follows += _follows(own, uniqueness_only=uniqueness_only)
        if key is not None:
            keys.append(key)
            key_lasts.append(len(events))
    streams, versions, topics, opens, sealeds, salts = zip(*events, strict=True)
    return (
        arrays.uuids(streams),
        arrays.int8s(versions),
        arrays.int8s(follows),
        arrays.texts(topics),
        arrays.byteas(salts),
        arrays.byteas(opens),
        arrays.byteas(sealeds),
        arrays.int4s(requests),
        arrays.int4s(key_lasts),
        arrays.raw_uuids([key.key for key in keys]),
        arrays.raw_uuids([key.body for key in keys]),
    )


def _follows(events: Sequence[NewEvent], *, uniqueness_only: bool) -> list[int | None]:
    """Return for each event the version that its stream must have; None if another event of the request ensures it."""
    if uniqueness_only:
        return [None] * len(events)
    seen: dict[Hashable, int] = {}
    follows: list[int | None] = []
    for event in events:
        follows.append(None if seen.get(event.stream) == event.version - 1 else event.version - 1)
        seen[event.stream] = event.version
    return follows


def verdicts(batch: Sequence[Append], rows: Sequence[TupleRow]) -> tuple[list[Outcome], int]:
    """Return each request's outcome, and the last position after the batch."""
    refused = {row[0]: row for row in rows}
    _, _, position, recorded_at, _, _ = refused.pop(-1)
    outcomes: list[Outcome] = []
    for number, (events, _, _) in enumerate(batch):
        row = refused.get(number) if refused else None
        if row is None:
            position += len(events)
            last = events[-1]
            outcomes.append(Appended(position, recorded_at + number, last.stream, last.version, repeated=False))
        elif row[1] in {"repeated", "stored"}:
            outcomes.append(Appended(row[2], row[3], row[4], row[5], repeated=row[1] == "repeated"))
        elif row[1] == "key-reused":
            outcomes.append(KeyReusedError("the idempotency key was used before, with another body"))
        else:
            outcomes.append(VersionConflictError(events[0].stream, events[0].version - 1))
    return outcomes, position


def bytes_of(request: Append) -> int:
    """Return the size of the request in bytes.

    Raises:
        UnstorableEventError: the size is too large for one request, or a topic or version for those who read it.
    """
    size = 0
    for event in request.events:
        if event.version > LARGEST_NUMBER:
            raise UnstorableEventError(f"a version is at most {LARGEST_NUMBER}, which every JSON reader holds exactly")
        if len(event.topic) > _LONGEST_TOPIC:
            raise UnstorableEventError(f"a topic has at most {_LONGEST_TOPIC} characters")
        size += len(event.open) + len(event.sealed) + max(128, 4 * len(event.topic))
    if size > _LARGEST_REQUEST:
        raise UnstorableEventError(f"{size} bytes are too many for one append; {_LARGEST_REQUEST} is the most")
    return size


def touched_by(request: Append) -> Collection[Hashable]:
    """Return the request's streams and key. Each of them may be in only one request of a batch."""
    # Streams as integers: a UUID computes its hash in Python, again for every event.
    if len(request.events) == 1:
        stream = request.events[0].stream.int
        return (stream,) if request.key is None else (stream, request.key.key)
    streams = {event.stream.int for event in request.events}
    return streams if request.key is None else (*streams, request.key.key)
