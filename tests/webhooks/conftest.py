"""Fresh databases for each test, and a way to run a scenario in a town on them."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from cli.wiring import KEY_FILE
from ledger.embedded.postgres import EmbeddedPostgres
from tests.api.running import Where, fresh_databases
from tests.webhooks.receiver import Receiver
from tests.webhooks.town import Town, open_town

Answer = TypeVar("Answer")
Scenario = Callable[[Town], Awaitable[Answer]]
InTown = Callable[[Scenario[Answer]], Answer]
_numbers = itertools.count(1)


@pytest.fixture
def where(postgres: EmbeddedPostgres) -> Iterator[Where]:
    """Databases that only this test uses."""
    with fresh_databases(postgres, f"webhooks_{next(_numbers)}") as places:
        yield places


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """An endpoint that accepts everything."""
    with Receiver() as running:
        yield running


@pytest.fixture
def in_town(where: Where, tmp_path: Path) -> InTown[Answer]:
    """Run a scenario in the town. Each further call uses the same databases."""

    def run(scenario: Scenario[Answer]) -> Answer:
        async def opened() -> Answer:
            async with open_town(where, tmp_path / KEY_FILE) as town:
                return await scenario(town)

        return asyncio.run(opened())

    return run
