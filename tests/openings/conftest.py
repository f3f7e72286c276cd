"""A window of a small town whose clock can be moved on."""

import asyncio

import pytest

from application.window import window_on
from tests.application.conftest import OpenWindow, open_window
from tests.application.town import open_town
from tests.openings.auditors import Days, Run, Scenario

__all__ = ["open_window"]


@pytest.fixture
def run(open_window: OpenWindow) -> Run:
    """Run a scenario in the town."""

    def ran(scenario: Scenario) -> None:
        async def main() -> None:
            days = Days()
            async with open_window() as opened, window_on(opened.ledger, opened.vault, days) as window:
                await open_town(window)
                await scenario(window, days)

        asyncio.run(main())

    return ran
