"""A window with a life event."""

import asyncio

import pytest

from tests.application.conftest import OpenWindow
from tests.application.life_events.nursery import open_nursery
from tests.application.life_events.scenarios import Run, Scenario


@pytest.fixture
def run(open_window: OpenWindow) -> Run:
    """Run a scenario in a window with the life event."""

    def ran(scenario: Scenario) -> None:
        async def main() -> None:
            async with open_window() as window:
                await open_nursery(window)
                await scenario(window)

        asyncio.run(main())

    return ran
