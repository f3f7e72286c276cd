"""Tells what the catalogue held before an event, from the catalogue's own streams."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID

from application.identity import (
    agency_stream,
    calendar_stream,
    desk_stream,
    looks_stream,
    register_stream,
    service_stream,
)
from application.verifying.calendar_then import CalendarThen, without_calendar
from application.verifying.draws_then import DrawsThen
from application.verifying.moves import AgencyThen, agency_then, seats_at
from application.verifying.occurrence import Occurrence, UnreadableEventError, occurrence_of
from application.verifying.register_then import RegisterThen
from domain.agency.state import AgencyState
from domain.calendar.state import KnownCalendar
from domain.case.assignment_events import CaseReleased
from domain.case.events import CaseAssigned, CaseSubmitted
from domain.desk.events import WhyDrawn
from domain.event import UnknownEventError
from domain.service.definition import ServiceDefinition
from domain.service.events import ServiceDrafted, ServicePublished
from domain.service.state import ServiceState
from domain.service.state import evolve as evolve_service
from domain.topics import TOPICS
from ledger.store.entries import StoredEntry

_MOST: Final = 1000  # remembered of each kind at a time

ReadStream: TypeAlias = Callable[[UUID], Sequence[StoredEntry]]


class _Service(NamedTuple):
    begun: int
    drafted: dict[int, ServiceDefinition]
    published: dict[int, int]  # version -> the position of its first publication


class Precedents:
    """Reads a service or agency when asked for it, and remembers the last thousand."""

    def __init__(self, read_stream: ReadStream) -> None:
        self._read_stream = read_stream
        self._service = lru_cache(_MOST)(self._read_service)
        self._agency = lru_cache(_MOST)(self._read_agency)
        self._calendar = lru_cache(_MOST)(self._read_calendar)
        self._draws = lru_cache(_MOST)(self._read_draws)
        self._register: RegisterThen | None = None

    def register(self) -> RegisterThen:
        """Return what the register of resources was at any time."""
        if self._register is None:
            self._register = self._read_register()
        return self._register

    def draws(self, agency: str, desk: str) -> DrawsThen:
        """Return the draws of an agency's desk."""
        return self._draws(agency, desk)

    def has_looked(self, case_id: UUID, pseudonym: str, before: int) -> bool:
        """Return whether somebody has looked at a case under that pseudonym before a position."""
        looks = self._occurrences(looks_stream(case_id))
        return any(one.position < before and one.envelope.actor.pseudonym == pseudonym for one in looks)

    def redraw(self, case_id: UUID, before: int) -> tuple[int, WhyDrawn]:
        """Return how often a case had an official before a position, and why it needs one; the erased have departed."""
        events = [one.event for one in self._occurrences(case_id) if one.position < before]
        since = [event for event in events if isinstance(event, CaseAssigned | CaseReleased)]
        times = sum(isinstance(event, CaseAssigned) for event in since)
        if times == 0:
            return 0, "first"
        return times, since[-1].why if isinstance(since[-1], CaseReleased) else "departure"

    def applicant(self, case_id: UUID) -> str | None:
        """Return the pseudonym of a case's applicant; None when there is no such case."""
        first = next(iter(self._occurrences(case_id)), None)
        return None if first is None or not isinstance(first.event, CaseSubmitted) else first.event.applicant

    def agency(self, slug: str, before: int) -> AgencyState | None:
        """Return the agency as it was before that position; None if it was not registered."""
        return self._agency(slug).before(before)

    def agencies_around(self, slug: str, one: Occurrence) -> Sequence[AgencyState]:
        """Return the agency as whoever decided an event may have known it: what is older than minutes, all know."""
        return self._agency(slug).around(one.position, self._recorded_at(one))

    def calendar(self, slug: str | None, version: int, one: Occurrence) -> KnownCalendar:
        """Return the calendar by which an event says that its days were counted.

        Raises:
            IllegalEventError: it had not so many acts yet, or everybody knew a later one for minutes.
        """
        return without_calendar(version) if slug is None else self._calendar(slug).counted_by(version, one)

    def calendar_version(self, slug: str | None, position: int) -> int:
        """Return how many acts a calendar had up to and with a position; 0 where none is named."""
        return 0 if slug is None else self._calendar(slug).version_at(position)

    def has_calendar(self, slug: str, before: int) -> bool:
        """Return whether there was a calendar of this name before a position."""
        return 0 < min((one.position for one in self._occurrences(calendar_stream(slug))), default=0) < before

    def last_before(self, stream: UUID, position: int) -> int:
        """Return the position of a stream's last event before another position; 0 when there is none."""
        return max((one.position for one in self._occurrences(stream) if one.position < position), default=0)

    def seats(self, agency: str, desk: str, version: int, one: Occurrence) -> int:
        """Return how many seats a desk had at a version of its stream, by which an event was decided.

        Raises:
            IllegalEventError: the desk had not come so far, or everybody knew another roster for minutes.
        """
        return seats_at(self._timed(desk_stream(agency, desk)), version, one, self._recorded_at(one))

    def published(self, slug: str, version: int, before: int) -> ServiceDefinition | None:
        """Return a service's version if it was published before that position; it may have been superseded since."""
        found = self._service(slug)
        if found is None or found.published.get(version, before) >= before:
            return None
        return found.drafted.get(version)

    def definition(self, slug: str, version: int) -> ServiceDefinition | None:
        """Return the definition in a service's version, which never changes; None when there is no such version."""
        found = self._service(slug)
        return None if found is None else found.drafted.get(version)

    def has_service(self, slug: str, before: int) -> bool:
        """Return whether there was a service with that name."""
        found = self._service(slug)
        return found is not None and found.begun < before

    def might_open(self, slug: str, day: date, before: int) -> bool:
        """Return whether a life event might open a service at some time before that position.

        It may have been withdrawn just before: the ledger decides about each stream by itself.
        """
        state: ServiceState | None = None
        for one in self._services_events(slug):
            if one.position >= before:
                break
            try:
                state = evolve_service(state, one.event)
                if state.may_be_opened(day):
                    return True
            except (UnknownEventError, LookupError):
                break  # reported where the service itself is judged
        return False

    def _read_service(self, slug: str) -> _Service | None:
        occurrences = self._services_events(slug)
        if not occurrences:
            return None
        found = _Service(occurrences[0].position, {}, {})
        for one in occurrences:
            if isinstance(one.event, ServiceDrafted):
                found.drafted[one.event.version] = one.event.definition
            elif isinstance(one.event, ServicePublished):
                found.published.setdefault(one.event.version, one.position)
        return found

    def _services_events(self, slug: str) -> list[Occurrence]:
        return self._occurrences(service_stream(slug))

    def _read_register(self) -> RegisterThen:
        ones, recorded = [], []
        for entry in self._entries(register_stream()):
            if entry.topic not in TOPICS:
                continue  # another application's, behind ours
            if None in (entry.version, entry.recorded_at):
                break  # somebody has emptied it
            try:
                ones.append(occurrence_of(entry))
            except UnreadableEventError:
                break
            recorded.append(entry.recorded_at)
        return RegisterThen(ones, recorded)

    def _read_draws(self, agency: str, desk: str) -> DrawsThen:
        return DrawsThen.of(self._occurrences(desk_stream(agency, desk)))

    def _read_calendar(self, slug: str) -> CalendarThen:
        return CalendarThen(self._timed(calendar_stream(slug)))

    def _read_agency(self, slug: str) -> AgencyThen:
        return agency_then(self._timed(agency_stream(slug)))

    def _recorded_at(self, one: Occurrence) -> int:
        """Return when an event was recorded; 0, so that nothing is old, where the ledger says no time."""
        entries = self._entries(one.stream)
        return next((entry.recorded_at or 0 for entry in entries if entry.position == one.position), 0)

    def _occurrences(self, stream: UUID) -> list[Occurrence]:
        """Return the stream's events. Unreadable events are reported where that stream itself is judged."""
        return [one for one, _ in self._timed(stream)]

    def _timed(self, stream: UUID) -> list[tuple[Occurrence, int]]:
        """Return the stream's events with the times at which they were recorded."""
        found = []
        for entry in self._entries(stream):
            if entry.topic not in TOPICS:
                continue  # another application's, behind ours
            try:
                found.append((occurrence_of(entry), entry.recorded_at or 0))
            except UnreadableEventError:
                break
        return found

    def _entries(self, stream: UUID) -> Iterator[StoredEntry]:
        """Return the stream's entries, by version.

        One with a version below 1 is left out: it is reported as such, and would come before those that are older.
        """
        return (entry for entry in self._read_stream(stream) if entry.version is None or entry.version > 0)
