"""The sizing page: its computed figures follow from the measured ones, and its commands exist."""

import importlib.util
import re
import shlex

import pytest

from bench.rows import rows_named
from projections.folds import ALL_VIEWS
from tests.cli.running import ROOT

DOCUMENT = (ROOT / "docs" / "sizing.md").read_text()
COMMANDS = sorted({line.split("#")[0].strip() for line in re.findall(r"python -m bench[^`|\n]*", DOCUMENT)})
EVENTS, APPLICATIONS = 100_000_000, 11_000_000
_YEAR = 365 * 86_400


def of_an_event(where: str) -> int:
    """Return the page's figure for a place, in bytes."""
    found = re.search(rf"^\| {re.escape(where)} *\| ([\d,]+) \|", DOCUMENT, re.MULTILINE)

    assert found is not None, where
    return int(found[1].replace(",", ""))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_page_is_one_of_the_bench(command: str) -> None:
    _python, _m, module, *arguments = shlex.split(command)
    names = [word for word in arguments[:1] if not word.startswith("-")]

    assert importlib.util.find_spec(module) is not None
    assert not names or rows_named(names)


def test_what_a_year_takes_follows_from_what_an_event_takes() -> None:
    ledger = of_an_event("event table") + of_an_event("its two indexes")
    topics = of_an_event("Kafka, the agency's topic") + of_an_event("Kafka, the auditors' topic")
    replicas = of_an_event("Kafka, the topic for replicas")
    gigabytes = {
        "ledger with indexes": EVENTS * ledger,
        "views": EVENTS * of_an_event("views, all twelve"),
        "vault": APPLICATIONS * of_an_event("vault"),
        "public log": EVENTS * of_an_event("public log, tiles (on paper)"),
    }

    assert len(ALL_VIEWS) == 12 + 2, "draws and calendars joined the twelve that were measured"
    for name, size in gigabytes.items():
        found = re.search(rf"^\| {name} \| (\d+) GB \|", DOCUMENT, re.MULTILINE)
        assert found is not None, name
        assert int(found[1]) == pytest.approx(size / 1e9, abs=0.6), name
    found = re.search(r"^\| Kafka, three copies.*\| (\d+) and (\d+) GB \|", DOCUMENT, re.MULTILINE)
    assert found is not None
    assert int(found[1]) == pytest.approx(3 * EVENTS * topics / 1e9, abs=5)
    assert int(found[2]) == pytest.approx(3 * EVENTS * (topics + replicas) / 1e9, abs=5)


def test_the_rates_follow_from_the_numbers_of_a_year() -> None:
    office_hours = 250 * 8 * 3600

    assert "0.35 applications and 3.2 events a second" in DOCUMENT
    assert (round(APPLICATIONS / _YEAR, 2), round(EVENTS / _YEAR, 1)) == (0.35, 3.2)
    assert "it is 1.5 and 14" in DOCUMENT
    assert (round(APPLICATIONS / office_hours, 1), round(EVENTS / office_hours)) == (1.5, 14)
    assert "317 a second on average, 1,400 in office hours" in DOCUMENT
    assert round(100 * EVENTS / _YEAR) == 317
