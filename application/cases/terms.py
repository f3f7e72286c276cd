"""Tells the last day of a case's term as of any position of the ledger, and why it is that day."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from application.cases.case_streams import entries_of_case
from application.identity import calendar_stream
from application.window import Window
from domain.calendar.state import MONDAY_TO_FRIDAY, KnownCalendar
from domain.case.state import CaseState, evolve
from domain.clock.causes import Cause
from domain.clock.reckoning import reckon
from domain.topics import TOPICS
from domain.values import Term
from ledger.published.codec import decode


class TermThen(NamedTuple):
    """A case's term as it was known.

    Attributes:
        began: the local date from which it is counted.
        term: the term of the law; None: there is none.
        last_day: the last local day; None: there is no term, or it is suspended.
        is_suspended: whether it does not run.
        calendar: the calendar by which it is counted; None: Monday to Friday are worked.
        calendar_version: how many acts of it were known.
        causes: why it is that day, in the order in which they count.
    """

    began: date
    term: Term | None
    last_day: date | None
    is_suspended: bool
    calendar: str | None
    calendar_version: int
    causes: tuple[Cause, ...]


async def term_then(window: Window, case_id: UUID, position: int) -> TermThen | None:
    """Return a case's term by what the ledger had up to a position; None when there was no such case.

    Raises:
        LedgerUnavailableError.
    """
    state: CaseState | None = None
    for entry in await entries_of_case(window.ledger, case_id):
        if entry.position <= position and entry.topic in TOPICS:
            state = evolve(state, decode(entry).event)
    if state is None:
        return None
    service = await window.catalogue.definition(state.service, state.service_version)
    known = await _known_at(window, state.clock.calendar, position)
    clock = state.clock.clock
    found = reckon(clock, service.term, known)
    term = (clock.restart and clock.restart.term) or service.term
    return TermThen(
        clock.began, term, found.last_day, clock.is_suspended, state.clock.calendar, known.version, found.causes
    )


async def _known_at(window: Window, slug: str | None, position: int) -> KnownCalendar:
    """Return a calendar with the acts that stood in the ledger up to a position."""
    if slug is None:
        return MONDAY_TO_FRIDAY
    state = (await window.catalogue.calendar(slug)).state
    entries = await window.ledger.read_stream(calendar_stream(slug))
    version = sum(entry.position <= position and entry.topic in TOPICS for entry in entries)
    return KnownCalendar(state, min(version, state.version)) if state is not None else MONDAY_TO_FRIDAY
