"""Exports cases as an event log for process mining: with pseudonyms of one case each, and without any words.

A trace is named by the case's id. The public number, the answers and everything sealed are not exported.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple

from application.verifying.occurrence import Occurrence, UnreadableEventError, occurrence_of
from application.xes.writing import Attributes, LogHead, Out, Value, WrittenTrace, write_log
from domain.case import events
from domain.case.deadlines import end_of
from domain.topics import TOPICS
from ledger.audit.session import ReadingSession
from ledger.audit.stream_order import in_stream_order, ranges
from ledger.store.entries import StoredEntry

_SUBMITTED: Final = events.CaseSubmitted.topic
_NO_TIME: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EACH_TRACE: Final[Attributes] = {"concept:name": "UNKNOWN", "service": "UNKNOWN", "agency": "UNKNOWN"}
_EACH_EVENT: Final[Attributes] = {
    "concept:name": "UNKNOWN",
    "time:timestamp": _NO_TIME,
    "lifecycle:transition": "complete",
    "org:resource": "UNKNOWN",
    "org:role": "UNKNOWN",
    "topic": "UNKNOWN",
    "recordedAt": _NO_TIME,
    "position": 0,
}


class UnexportableError(Exception):
    """An event is not one of Pencere's; the text names it."""


class Exported(NamedTuple):
    """How many cases and events were exported, and up to which position of the ledger."""

    cases: int
    events: int
    position: int


def export_cases(url: str, out: Out, service: str | None, progress: Callable[[int, int], None]) -> Exported:
    """Write the cases of one service, or of all services, in the order of their ids.

    Raises:
        UnexportableError: an event cannot be read.
        LedgerUnreadableError: the database cannot be read.
    """
    with ReadingSession(url) as session:
        last = session.extent().last
        head = LogHead({"concept:name": "Pencere", "position": last}, _EACH_TRACE, _EACH_EVENT)
        return Exported(*write_log(out, head, _traces(session, last, service, progress)), last)


def _traces(
    session: ReadingSession, last: int, service: str | None, progress: Callable[[int, int], None]
) -> Iterator[WrittenTrace]:
    done = 0
    for streams in ranges(session, last, 1):
        for _, ones in groupby(in_stream_order(session, streams, last), key=attrgetter("stream")):
            entries = list(ones)
            done += len(entries)
            progress(done, last)
            if entries[0].topic == _SUBMITTED:
                entries = [entry for entry in entries if entry.topic in TOPICS]  # without other applications' events
                trace = [_read(entry) for entry in entries]
                submitted = trace[0].event
                if isinstance(submitted, events.CaseSubmitted) and service in (None, submitted.service):
                    yield _trace(submitted, trace, entries)


def _read(entry: StoredEntry) -> Occurrence:
    try:
        return occurrence_of(entry)
    except UnreadableEventError as error:
        says = f"event {entry.position} cannot be read: {error}; `pencere audit verify` tells more"
        raise UnexportableError(says) from None


def _trace(submitted: events.CaseSubmitted, trace: list[Occurrence], entries: list[StoredEntry]) -> WrittenTrace:
    attributes: dict[str, Value] = {
        "concept:name": str(trace[0].stream),
        "service": submitted.service,
        "serviceVersion": submitted.service_version,
        "agency": submitted.agency,
        "channel": submitted.channel,
        "startdate": trace[0].envelope.occurred_at,
        "deadline": _last_instant(submitted),
    }
    return WrittenTrace(attributes, tuple(_event(*each) for each in zip(trace, entries, strict=True)))


def _last_instant(submitted: events.CaseSubmitted) -> datetime | None:
    """Return an instant on the last day. XES has no dates, and a reader who cuts off the time gets that day."""
    if submitted.last_day is None:
        return None
    return end_of(submitted.last_day, submitted.time_zone) - timedelta(microseconds=1)


def _event(one: Occurrence, entry: StoredEntry) -> Attributes:
    actor = one.envelope.actor
    said: dict[str, Value] = {
        "concept:name": one.event.step if isinstance(one.event, events.StepRecorded) else entry.topic,
        "time:timestamp": one.envelope.occurred_at,
        "lifecycle:transition": "complete",
        "org:resource": actor.pseudonym,
        "org:role": actor.role,
        "topic": entry.topic,
        "recordedAt": datetime.fromtimestamp(entry.recorded_at / 1_000_000, UTC),
        "position": entry.position,
    }
    match one.event:
        case events.CaseSubmitted() | events.CaseAssigned():
            said["org:group"] = one.event.desk
        case events.CaseDecided():
            said["outcome"] = one.event.outcome
    if isinstance(one.event, events.CaseAssigned):
        said["official"] = one.event.official
    return said
