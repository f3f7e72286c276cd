"""Bundles everything that answers from views."""

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from ledger.postgresql.task_ending import close_all
from projections.agency_feed.queries import AgencyFeed
from projections.calendars.queries import Calendars
from projections.case_history.queries import CaseHistory
from projections.case_status.queries import CaseStatuses
from projections.catalogue.queries import CatalogueReads
from projections.deadlines.clock_queries import ClockQueries
from projections.deadlines.queries import Deadlines
from projections.draws.queries import Draws
from projections.evidence_requests.queries import EvidenceRequests
from projections.figures.queries import Figures
from projections.folds import ALL_VIEWS
from projections.once_only.queries import OnceOnly
from projections.positions import Positions
from projections.reading import ViewReader
from projections.resource_register.queries import ResourceRegister
from projections.resource_register.untold import Untold
from projections.resource_register.violations import Violations
from projections.service_performance.queries import ServicePerformances
from projections.subscriptions.queries import Subscriptions
from projections.view import View
from projections.worklist.queries import Worklist


class Views:
    """All read models of a database, for tasks of one event loop.

    Args:
        url: the database as the role `pencere_reader`.
        connections: how many statements may run at a time.
        views: the views whose positions count; all of them, except in tests.
        poll: seconds between polls of the positions, in case a signal is lost.
        patience: seconds for which a read is repeated while the database is away.
    """

    def __init__(
        self,
        url: str,
        *,
        connections: int = 4,
        views: Sequence[View] = ALL_VIEWS,
        poll: float = 1,
        patience: float = 30,
    ) -> None:
        self._reader = ViewReader(url, connections=connections, patience=patience)
        self.case_history = CaseHistory(self._reader)
        self.case_status = CaseStatuses(self._reader)
        self.worklist = Worklist(self._reader)
        self.deadlines = Deadlines(self._reader)
        self.clock = ClockQueries(self._reader)
        self.service_performance = ServicePerformances(self._reader)
        self.figures = Figures(self._reader)
        self.agency_feed = AgencyFeed(self._reader)
        self.catalogue = CatalogueReads(self._reader)
        self.calendars = Calendars(self._reader)
        self.resource_register = ResourceRegister(self._reader)
        self.violations = Violations(self._reader)
        self.untold = Untold(self._reader)
        self.subscriptions = Subscriptions(self._reader)
        self.evidence_requests = EvidenceRequests(self._reader)
        self.once_only = OnceOnly(self._reader)
        self.draws = Draws(self._reader)
        self.positions = Positions(url, self._reader, views=views, poll=poll)

    async def __aenter__(self) -> Self:
        try:
            await self._reader.open()
            await self.positions.open()
        except BaseException:  # nobody else closes what is open by now
            await self._close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()

    async def _close(self) -> None:
        await close_all(self.positions.close, self._reader.close)
