"""While a day is moved an operator reads how far it is; where few cases are met, there is nothing to read."""

import logging
from datetime import date

import pytest

from consumers.progress import Progress

FROM, LAST = date(2026, 12, 2), date(2026, 12, 15)


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


@pytest.fixture(autouse=True)
def _at_info(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "consumers.progress")


def test_fewer_than_a_thousand_cases_are_moved_without_a_word(caplog: pytest.LogCaptureFixture) -> None:
    progress = Progress()
    for number in range(9):
        progress.meets(100, "az", FROM, LAST, 60.0 * number)
    progress.ends()

    assert said(caplog) == []


def test_every_ten_seconds_it_says_how_many_are_done_and_which_days_are_left(caplog: pytest.LogCaptureFixture) -> None:
    progress = Progress()
    for second in range(25):
        progress.meets(200, "az", FROM, LAST, float(second))

    assert said(caplog) == [
        f"counted {done} cases after an act of the calendar az; left are those that end from {FROM} to {LAST}"
        for done in (2000, 4000)
    ]


def test_every_ten_thousand_cases_it_says_so_however_fast_they_are(caplog: pytest.LogCaptureFixture) -> None:
    progress = Progress()
    for _ in range(26):
        progress.meets(1000, "az", FROM, LAST, 0.0)
    progress.ends()

    assert [words.split(" cases")[0] for words in said(caplog)] == [
        "counted 10000",
        "counted 20000",
        "counted all 26000",
    ]
