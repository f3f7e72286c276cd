"""A small town on fresh databases, with views, and a clock that stands until it is set."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple, TypeVar
from uuid import UUID

import psycopg
import pytest

from application.catalogue.changes import change_catalogue
from application.catalogue.requests import AgencyEntry, ServiceDraft, ServicePublication
from application.window import Window, window_on
from consumers.legal_time import Machine, Sources
from domain.values import Term, micros_at
from ledger.embedded.postgres import ADMIN, EmbeddedPostgres
from ledger.published.codec import decode
from ledger.published.recorded import Recorded
from ledger.store.ledger import Ledger
from ledger.vault.key_encryption import FileKeyEncryption
from ledger.vault.vault import Vault
from projections.runner import Projector
from projections.views import Views
from tests.api.running import Where, fresh_databases
from tests.application.town import COORDINATOR, SERVICE
from tests.webhooks.town import Clock

Answer = TypeVar("Answer")
TERM = Term(days=10, kind="calendar")
_PATIENCE = 60.0
_BOOT = UUID("00000000-0000-4000-8000-000000000001")
_numbers = itertools.count(1)


class Town(NamedTuple):
    """The window, its views, its clock, and the databases."""

    where: Where
    window: Window
    views: Views
    clock: Clock

    @property
    def sources(self) -> Sources:
        """The town's clock, and a machine on which as much time elapses as its clock is moved by."""
        return Sources(self.clock, Machine(_BOOT, lambda: micros_at(self.clock.at)))

    async def told(self, case_id: UUID) -> list[Recorded]:
        """Return the events of a case."""
        return [decode(entry) for entry in await self.window.ledger.read_stream(case_id)]

    async def topics(self, case_id: UUID) -> list[str]:
        """Return what has happened to a case."""
        return [each.event.topic for each in await self.told(case_id)]

    async def catches_up(self) -> None:
        """Return when the views have caught up."""
        assert await self.views.positions.wait_for(await self.window.ledger.head(), 30)


InTown = Callable[[Callable[[Town], Awaitable[Answer]]], Answer]


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Return when it holds."""
    async with asyncio.timeout(_PATIENCE):
        while True:
            if await holds():
                return
            await asyncio.sleep(0.01)  # between two looks


@pytest.fixture
def where(postgres: EmbeddedPostgres) -> Iterator[Where]:
    """The databases of this test alone."""
    with fresh_databases(postgres, f"reactions_{next(_numbers)}") as places:
        yield places


@pytest.fixture
def in_town(where: Where, tmp_path: Path) -> InTown[Answer]:
    """Run a scenario in the town."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Town]:
        clock = Clock()
        async with (
            Ledger(where.writer) as ledger,
            Vault(where.vault, FileKeyEncryption(tmp_path / "keys.json")) as vault,
            window_on(ledger, vault, clock) as window,
            Projector(where.projector) as projector,
            projector.running(),
            Views(where.reader) as views,
        ):
            entry = AgencyEntry(slug="town", name={"en": "Town"}, time_zone="Asia/Baku", desks=("front", "back"))
            await change_catalogue(window, COORDINATOR, entry)
            service = SERVICE.model_copy(update={"term": TERM})
            await change_catalogue(window, COORDINATOR, ServiceDraft(definition=service))
            await change_catalogue(window, COORDINATOR, ServicePublication(version=1), "permit")
            yield Town(where, window, views, clock)

    def run(scenario: Callable[[Town], Awaitable[Answer]]) -> Answer:
        async def in_it() -> Answer:
            async with opened() as town:
                return await scenario(town)

        return asyncio.run(in_it())

    return run


@pytest.fixture
def end_sessions(postgres: EmbeddedPostgres) -> Callable[[str], int]:
    """End the sessions of a name at the server; return how many there were."""

    def ended(name: str) -> int:
        with psycopg.connect(postgres.ledger_url(ADMIN, "postgres"), autocommit=True) as admin:
            query = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = %s"
            row = admin.execute(query, [name]).fetchone()
        return row[0] if row else 0

    return ended
