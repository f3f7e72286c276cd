"""Judges streams one after the other: versions without a gap, and only events that could have happened."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, Final, NamedTuple
from uuid import UUID

from application.verifying.causes import NamedCause, cause_of, groundless
from application.verifying.claims import Claim, unfounded
from application.verifying.judge import Judge, kind_of
from application.verifying.kinds import KINDS
from application.verifying.occurrence import IllegalEventError, Occurrence, UnreadableEventError, occurrence_of
from application.verifying.precedents import Precedents
from domain.topics import TOPICS
from ledger.audit.findings import Finding
from ledger.audit.session import ReadingSession
from ledger.audit.stream_order import StreamRange, first_entries, in_stream_order, positions_of
from ledger.store.entries import StoredEntry

MOST: Final = 100
"""At most so many findings of a range are reported."""

_CLAIMS_AT_ONCE: Final = 2000


class StreamsChecked(NamedTuple):
    """How many events were checked, how many belong to another application, and what is wrong."""

    events: int
    foreign: int
    findings: tuple[Finding, ...]


def check_streams(url: str, streams: StreamRange, last: int) -> StreamsChecked:
    """Judge the streams of a range, up to a position of the ledger.

    Raises:
        LedgerUnreadableError: the database cannot be read.
    """
    findings: list[Finding] = []
    claims: list[Claim] = []
    causes: list[NamedCause] = []
    counted = foreign = 0

    def counting(entries: Iterable[StoredEntry]) -> Iterator[StoredEntry]:
        nonlocal counted, foreign
        for entry in entries:
            counted += 1
            foreign += entry.topic not in TOPICS
            yield entry

    with ReadingSession(url) as session, ReadingSession(url) as beside:
        precedents = Precedents(beside.stream)
        entries = counting(in_stream_order(session, streams, last))
        for stream, ones in groupby(entries, key=attrgetter("stream")):
            findings += judged(stream, ones, precedents, claims, causes)
            if len(claims) + len(causes) >= _CLAIMS_AT_ONCE:
                findings += _settled(claims, causes, beside)
        findings += _settled(claims, causes, beside)
    return StreamsChecked(counted, foreign, tuple(findings[:MOST]))


def judged(
    stream: UUID,
    entries: Iterable[StoredEntry],
    precedents: Precedents,
    claims: list[Claim],
    causes: list[NamedCause],
) -> Iterator[Finding]:
    """Return the first fault of a stream, or None. The events after a fault are not judged, as they build on it.

    Whatever must be checked against other streams is added to `claims` and `causes`.
    """
    judge: Judge[Any, Any] | None = None
    expected: int | None = None
    for entry in entries:
        if judge is None and entry.topic not in TOPICS:
            # Another application's stream on the same ledger: only that application knows its rules. Its versions may
            # begin anywhere and have gaps; the tree proves that no event was removed.
            expected = max(expected or entry.version, entry.version)
        expected = 1 if expected is None else expected
        if entry.version != expected:
            yield Finding("version", entry.position, _gap(stream, expected, entry.version))
            return
        expected += 1
        if judge is None and entry.topic not in TOPICS:
            continue
        if judge is None and entry.version != 1:
            yield Finding("legality", entry.position, f"a {entry.topic} stands in a stream of another application")
            return
        try:
            one = occurrence_of(entry)
            if judge is None:
                judge = Judge(KINDS[kind_of(entry.topic)], precedents)
            follows = judge.take(one)
            _acts_for_the_coordinator(one, precedents)
            claims += judge.claims_of(one)
            if (named := cause_of(one, follows_within=follows)) is not None:
                causes.append(named)
        except UnreadableEventError as error:
            yield Finding("schema", entry.position, str(error))
            return
        except IllegalEventError as error:
            yield Finding("legality", entry.position, f"{entry.topic}, version {entry.version} of {stream}: {error}")
            return


def _acts_for_the_coordinator(one: Occurrence, precedents: Precedents) -> None:
    """Check, for what a coordinator did, that the agency was the coordinator at that time.

    Raises:
        IllegalEventError: another one was.
    """
    actor, at = one.envelope.actor, one.envelope.occurred_at
    if actor.role == "coordinator" and not precedents.register().may_coordinate(actor.pseudonym, at):
        raise IllegalEventError("another agency was the coordinator at that time")


def _gap(stream: UUID, expected: int, version: int) -> str:
    if version < expected:
        return f"version {version} of {stream} is there twice, or out of its order"
    return f"version {expected} of {stream} is missing: the next one there is {version}"


def _settled(claims: list[Claim], causes: list[NamedCause], session: ReadingSession) -> Sequence[Finding]:
    cases = list({claim.case_id for claim in claims})
    found = list(unfounded(claims, first_entries(session, cases), session.stream))
    claims.clear()
    found += groundless(causes, positions_of(session, [each.cause for each in causes]) if causes else {})
    causes.clear()
    return found
