"""Tells which streams are cases, and loads a case."""

from collections.abc import Sequence
from typing import Final, TypeAlias
from uuid import UUID

from application.streams import Loaded, load
from domain.case.commands import Command
from domain.case.events import CaseSubmitted
from domain.case.state import CaseState
from domain.stream_kinds import CASE
from domain.topics import TOPICS
from ledger.store.entries import StoredEntry
from ledger.store.ledger import Ledger

_CASE_ID_VERSION: Final = 7
LoadedCase: TypeAlias = Loaded[Command, CaseState]


async def load_case(ledger: Ledger, case_id: UUID, up_to: int | None = None) -> LoadedCase:
    """Return the case as it is now or was at a version; its state is None when the case does not exist.

    A case's id is always a UUID of version 7. The streams of services, agencies, subscriptions and looks have ids of
    version 5, which anybody can compute. Nothing is read for those, so that no answer reveals whether such a stream
    exists.
    """
    return await load(ledger, CASE, case_id, up_to=up_to) if is_case_id(case_id) else Loaded(CASE, case_id)


async def entries_of_case(ledger: Ledger, case_id: UUID) -> list[StoredEntry]:
    """Return the entries of a case, or none when the case does not exist; see `load_case`."""
    if not is_case_id(case_id):
        return []
    entries = await ledger.read_stream(case_id)
    return entries if begins_a_case(entries) else []


def is_case_id(case_id: UUID) -> bool:
    """Return whether a case can have this id."""
    return case_id.version == _CASE_ID_VERSION


def begins_a_case(entries: Sequence[StoredEntry]) -> bool:
    """Return whether these are the events of a case: the first event decides what kind of stream it is."""
    return bool(entries) and entries[0].topic == CaseSubmitted.topic and entries[0].version == 1


def has_case_events(entries: Sequence[StoredEntry]) -> bool:
    """Return whether any of these is a case's event. Auditors ask no more, since the ledger may have been changed."""
    return any(entry.topic.startswith("case.") and entry.topic in TOPICS for entry in entries)
