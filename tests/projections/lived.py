"""A country that has lived and is folded, and what follows from its events without any view."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from functools import cached_property
from typing import NamedTuple, TypeVar
from uuid import UUID

from domain.agency.events import AgencyRegistered
from domain.case.clock_events import TermCounted
from domain.case.events import CaseSubmitted
from domain.case.stage import Stage
from domain.case.state import CaseState, evolve
from domain.event import Event
from domain.look.events import LookRecorded
from domain.service.events import ServiceDrafted
from domain.topics import TOPICS
from ledger.published.codec import decode
from ledger.published.recorded import Recorded
from ledger.store.entries import StoredEntry
from ledger.store.ledger import Ledger
from projections.views import Views
from tests.api.running import Where

Answer = TypeVar("Answer")
ENDED = frozenset({Stage.CLOSED, Stage.WITHDRAWN})


class Told(NamedTuple):
    """An event as it is stored and as the domain knows it."""

    entry: StoredEntry
    decoded: Recorded

    @property
    def event(self) -> Event:
        """The event."""
        return self.decoded.event


class KnownCase(NamedTuple):
    """A case as the domain alone knows it: its events, the state after them, and the looks at it."""

    case_id: UUID
    told: Sequence[Told]
    looks: Sequence[Told]
    state: CaseState

    @property
    def is_open(self) -> bool:
        """Whether the case is still open."""
        return self.state.stage not in ENDED

    @property
    def last_day(self) -> date | None:
        """The last day of the term as the last event that tells one has it."""
        told = self.last(CaseSubmitted, TermCounted)
        assert told is not None
        assert isinstance(told.event, CaseSubmitted | TermCounted)
        return told.event.last_day

    def last(self, *kinds: type[Event]) -> Told | None:
        """Return the last event of these kinds; None when there is none."""
        return next((told for told in reversed(self.told) if isinstance(told.event, kinds)), None)


class Lived:
    """A ledger with up-to-date views."""

    def __init__(self, where: Where, entries: Sequence[StoredEntry]) -> None:
        self.where, self._entries = where, entries

    def reads(self, scenario: Callable[[Views], Awaitable[Answer]]) -> Answer:
        """Return the result of a scenario on the views."""

        async def run() -> Answer:
            async with Views(self.where.reader) as views:
                return await scenario(views)

        return asyncio.run(run())

    @cached_property
    def told(self) -> Sequence[Told]:
        """Return all our events in the order of the ledger."""
        return [Told(entry, decode(entry)) for entry in self._entries if entry.topic in TOPICS]

    @cached_property
    def cases(self) -> Sequence[KnownCase]:
        """Return the cases in the order of their submission."""
        streams, looks = defaultdict[UUID, list[Told]](list), defaultdict[UUID, list[Told]](list)
        for told in self.told:
            if isinstance(told.event, LookRecorded):
                looks[told.event.case_id].append(told)
            elif told.entry.topic.startswith("case."):
                streams[told.entry.stream].append(told)
        return [KnownCase(case_id, told, looks[case_id], _state(told)) for case_id, told in streams.items()]

    @cached_property
    def agencies(self) -> Sequence[str]:
        """Return the agencies by their names."""
        return sorted(told.event.slug for told in self.told if isinstance(told.event, AgencyRegistered))

    @cached_property
    def services(self) -> Sequence[str]:
        """Return the services by their names."""
        return sorted({told.event.definition.slug for told in self.told if isinstance(told.event, ServiceDrafted)})


def _state(told: Sequence[Told]) -> CaseState:
    state: CaseState | None = None
    for each in told:
        state = evolve(state, each.event)
    assert state is not None
    return state


async def all_entries(url: str) -> Sequence[StoredEntry]:
    """Return the whole log."""
    async with Ledger(url) as ledger:
        found: list[StoredEntry] = []
        while page := await ledger.read(len(found), 100_000):
            found += page
        return found
