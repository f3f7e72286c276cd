"""A window on fresh databases, for mandates and representatives of a small town."""

import asyncio

import pytest

from tests.application.conftest import OpenWindow, open_window
from tests.application.town import open_town
from tests.mandates.family import Run, Scenario

__all__ = ["open_window"]


@pytest.fixture
def run(open_window: OpenWindow) -> Run:
    """Run a scenario in the town."""

    def ran(scenario: Scenario) -> None:
        async def main() -> None:
            async with open_window() as window:
                await open_town(window)
                await scenario(window)

        asyncio.run(main())

    return ran
