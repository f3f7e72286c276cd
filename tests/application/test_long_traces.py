"""What is too large for one append is refused before anything is written, and a lost database is one error."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from application.catalogue.requests import AgencyEntry
from application.clock import system_clock
from application.importing.cases import ReplayedCase, resources_of
from application.importing.learned_service import IMPORT_DESK, learned_service
from application.importing.refusals import ServiceTooLarge
from application.importing.survey import Survey, definition_of
from application.importing.weighing import HEAVIEST, batched, weight_of, weight_of_service
from application.importing.xes_import import Source, import_xes
from application.storing import new_events
from application.window import window_on
from application.xes import Trace, XesError, XesEvent
from domain.envelope import Actor, Envelope
from domain.service.definition import PublishedService
from domain.service.events import ServiceDrafted
from domain.values import LONGEST_SLUG
from ledger.embedded.postgres import EmbeddedPostgres
from ledger.refusals import LedgerUnavailableError
from ledger.store.batch import _LARGEST_REQUEST, Append, bytes_of
from ledger.store.ledger import Ledger
from ledger.vault.key_encryption import FileKeyEncryption
from ledger.vault.vault import Vault
from tests.application.conftest import OpenWindow
from tests.application.test_importing import IMPORTER, LOG, bring_in, put

NOON = datetime(2020, 1, 1, 12, 0, 0, 1, UTC)
LONGEST_ZONE = "America/Argentina/ComodRivadavia"
STEP = '<event><string key="concept:name" value="Do"/><date key="time:timestamp" value="2020-01-01T12:00:00Z"/></event>'
LONG = f'<trace>\n<string key="concept:name" value="long"/>{STEP * 50_000}</trace>'


def trace(steps: Iterable[tuple[str, str | None]], *, channel: str = "desk") -> Trace:
    events = tuple(XesEvent(name, NOON, resource, None, 1) for name, resource in steps)
    return Trace(1, "a", 1, NOON, NOON, NOON, channel, events)


def test_a_trace_that_is_too_long_for_one_case_stops_the_import_before_anything_is_written(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    async def main() -> None:
        async with open_window() as window:
            with pytest.raises(XesError, match=r"'long'.* 50,000 events .*\(trace-too-long\)"):
                await bring_in(window, put(tmp_path, LOG.replace("</log>", f"{LONG}</log>")))

            assert await window.ledger.head() == 0

    asyncio.run(main())


def test_with_skip_bad_a_trace_that_is_too_long_is_left_out_and_listed(open_window: OpenWindow, tmp_path: Path) -> None:
    async def main() -> None:
        async with open_window() as window:
            done = await bring_in(window, put(tmp_path, LOG.replace("<log>", f"<log>{LONG}")), skip_bad=True)

            assert (done.traces, done.cases, [bad.name for bad in done.left_out]) == (2, 2, ["long"])
            assert "(trace-too-long)" in done.left_out[0].reasons[0]

    asyncio.run(main())


def test_the_longest_trace_that_is_taken_becomes_a_case(open_window: OpenWindow, tmp_path: Path) -> None:
    each = weight_of(trace([("Do", None)] * 2)) - weight_of(trace([("Do", None)]))
    count = (HEAVIEST - weight_of(trace([]))) // each
    inside = f"<log><trace>{STEP * count}</trace></log>"

    async def main() -> None:
        async with open_window() as window:
            done = await bring_in(window, put(tmp_path, inside))

            assert (done.cases, done.steps) == (1, count)
            with pytest.raises(XesError, match="trace-too-long"):
                await bring_in(window, put(tmp_path, inside.replace("<trace>", f"<trace>{STEP}")))

    asyncio.run(main())


@pytest.mark.parametrize("name", ["s", "ş" * 200, "\U0001f4dc" * 200, '"\\' * 100, "s" + "\t" * 198 + "s"])
@pytest.mark.parametrize("people", [["A"], ["A", "B"], ["A", "B", "C"], [None, "A"], [None]])
def test_a_case_is_never_heavier_than_its_trace_was_weighed(name: str, people: list[str | None]) -> None:
    weighed = trace(((name, people[number % len(people)]) for number in range(12)), channel="\U0001f4dc" * 200)
    found = Survey()
    found.add(weighed)
    slug = "s" * LONGEST_SLUG
    service = PublishedService(definition_of(found, slug, slug, slug, "log", None), 999_999_999)
    pseudonyms = {resource: str(UUID(int=number)) for number, resource in enumerate(resources_of(weighed))}
    case = ReplayedCase(UUID(int=1), service, LONGEST_ZONE)
    case.replay(weighed, pseudonyms)

    assert bytes_of(Append(case.events, None, uniqueness_only=False)) <= weight_of(weighed)
    assert HEAVIEST < _LARGEST_REQUEST


def every_step_after_every_other(count: int) -> Survey:
    names = {f"{number:0195}" for number in range(count)}
    return Survey(traces=1, events=1, followed=dict.fromkeys(sorted(names), names), first=names)


def test_a_service_that_is_too_large_for_one_event_is_refused_before_anything_is_written(
    open_window: OpenWindow,
) -> None:
    entry = AgencyEntry(slug="town", name={"und": "town"}, time_zone="UTC", desks=(IMPORT_DESK,))

    async def main() -> None:
        async with open_window() as window:
            with pytest.raises(ServiceTooLarge):
                await learned_service(window, IMPORTER, every_step_after_every_other(320), entry, "permit", "log")
            assert await window.ledger.head() == 0

            largest = every_step_after_every_other(279)
            service = await learned_service(window, IMPORTER, largest, entry, "permit", "log")
            assert HEAVIEST - (1 << 18) < weight_of_service(service.definition) <= HEAVIEST

    asyncio.run(main())


@pytest.mark.parametrize("name", ["s", "ş" * 200, "\U0001f4dc" * 200, '"\\' * 100, "s" + "\t" * 198 + "s"])
def test_a_version_of_a_service_is_never_heavier_than_it_was_weighed(name: str) -> None:
    found = Survey(followed={name: {name}}, channels={name: None})
    slug = "s" * LONGEST_SLUG
    definition = definition_of(found, slug, slug, slug, name, None)
    actor = Actor(role="coordinator", pseudonym=str(UUID(int=1)))
    envelope = Envelope(actor=actor, agencies=(slug,), occurred_at=NOON, origin="live", correlation=UUID(int=1))
    events = new_events(UUID(int=1), 0, (ServiceDrafted(version=999_999_999, definition=definition),), envelope, None)

    assert bytes_of(Append(events, None, uniqueness_only=False)) <= weight_of_service(definition)


def test_long_cases_are_appended_a_few_at_a_time() -> None:
    """The ledger refuses appends when 256 MiB wait."""
    heavy = trace([("Do", None)] * 20_000)
    batches = list(batched(iter([heavy] * 30)))

    assert sum(len(batch) for batch in batches) == 30
    assert max(sum(map(weight_of, batch)) for batch in batches) < 128 << 20
    assert [len(batch) for batch in batched(iter([trace([("Do", None)])] * 450))] == [200, 200, 50]


def test_a_database_that_is_away_in_the_second_pass_is_the_ledgers_own_error(
    postgres: EmbeddedPostgres, ledger_database: str, vault_database: str, tmp_path: Path
) -> None:
    owner = postgres.ledger_url("pencere_owner", ledger_database)
    source = Source(put(tmp_path, LOG), "town", "permit", "UTC")

    async def main() -> None:
        with psycopg.connect(owner) as holder:

            def hold(name: str, _read: int) -> None:
                if name == "append":  # from now on every append waits in vain
                    holder.execute("SELECT position FROM ledger.head FOR UPDATE")

            async with (
                Ledger(postgres.ledger_url("pencere_writer", ledger_database), patience=0.5) as ledger,
                Vault(postgres.vault_url("pencere_vault", vault_database), FileKeyEncryption(tmp_path / "k")) as vault,
                window_on(ledger, vault, system_clock) as window,
            ):
                with pytest.raises(LedgerUnavailableError) as raised:
                    await import_xes(window, IMPORTER, source, hold)

        assert isinstance(raised.value.__cause__, psycopg.Error), "it says which server does not answer"

    asyncio.run(main())
