"""No wait is endless: when the database is away or silent, every caller gets an error within the ledger's patience."""

import asyncio
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ledger.refusals import LedgerClosedError, LedgerUnavailableError, UnstorableEventError
from ledger.store.append import AppendCoordinator
from ledger.store.batch import _LARGEST_REQUEST, Append
from ledger.store.entries import Appended
from ledger.store.ledger import Ledger
from tests.ledger.audit import check_ledger
from tests.ledger.fault_proxy import FaultProxy
from tests.ledger.samples import new_event, new_stream

PATIENCE = 0.5


@pytest.fixture
def socket_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="pcp-", dir="/tmp") as folder:
        yield Path(folder)


def _request(topic: str = "case.step_recorded") -> Append:
    return Append([new_event(new_stream(), 1, topic)], None, uniqueness_only=False)


def test_without_room_on_the_disk_every_caller_is_told_so_at_once(writer_url: str, owner_url: str) -> None:
    full = """
CREATE FUNCTION ledger.no_room() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER no_room BEFORE INSERT ON ledger.events FOR EACH STATEMENT EXECUTE FUNCTION ledger.no_room()
"""

    async def scenario() -> None:
        coordinator = AppendCoordinator(writer_url, on_append=lambda _: None, patience=600)
        with psycopg.connect(owner_url, autocommit=True) as owner:
            owner.execute(full)
            async with asyncio.timeout(30):
                told = await asyncio.gather(*[coordinator.append(_request()) for _ in range(3)], return_exceptions=True)
            owner.execute("DROP TRIGGER no_room ON ledger.events")
        assert [(type(each), str(each)) for each in told] == [
            (LedgerUnavailableError, "the database has no room left")
        ] * 3
        assert isinstance(await coordinator.append(_request()), Appended), "and it goes on when there is room again"
        await coordinator.close()

    asyncio.run(scenario())


def test_when_the_database_goes_away_between_the_halves_of_a_batch_each_half_is_told_the_truth(
    writer_url: str, owner_url: str, socket_folder: Path
) -> None:
    """A faulty request makes the batch split. What is committed by then stays acknowledged, and nobody waits twice."""

    async def scenario() -> None:
        async with FaultProxy(writer_url, socket_folder).running() as proxy:
            coordinator = AppendCoordinator(proxy.url, on_append=lambda _: None, patience=PATIENCE)
            await coordinator.append(_request())

            def goes_away(_: int) -> None:
                proxy.away = True

            coordinator._on_append = goes_away
            began = time.monotonic()
            poison, committed, *others = await asyncio.gather(
                coordinator.append(_request("case.\0")),
                *[coordinator.append(_request()) for _ in range(127)],
                return_exceptions=True,
            )
            took = time.monotonic() - began
            await coordinator.close()

        assert isinstance(poison, UnstorableEventError)
        assert isinstance(committed, Appended)
        assert [type(answer) for answer in others] == [LedgerUnavailableError] * 126
        assert took < 3 * PATIENCE, "though the batch was split seven times"

    asyncio.run(scenario())
    assert check_ledger(owner_url) == 2


def test_with_the_database_away_whoever_waits_is_told_with_the_first(writer_url: str, socket_folder: Path) -> None:
    """They conflict, so each is in a separate batch, and would otherwise wait again for each earlier one."""

    async def scenario() -> None:
        async with FaultProxy(writer_url, socket_folder).running() as proxy:
            proxy.away = True
            coordinator = AppendCoordinator(proxy.url, on_append=lambda _: None, patience=PATIENCE)
            stream = new_stream()
            began = time.monotonic()
            answers = await asyncio.gather(
                *[
                    coordinator.append(Append([new_event(stream, version)], None, uniqueness_only=False))
                    for version in range(1, 30)
                ],
                return_exceptions=True,
            )
            took = time.monotonic() - began
            await coordinator.close()

        assert [type(answer) for answer in answers] == [LedgerUnavailableError] * 29
        assert took < 3 * PATIENCE

    asyncio.run(scenario())


def test_a_process_that_was_stopped_for_longer_than_its_patience_asks_once_more(
    writer_url: str, owner_url: str
) -> None:
    """Its connection broke meanwhile. The database is available, so the caller can still get an answer."""

    async def scenario() -> None:
        coordinator = AppendCoordinator(writer_url, on_append=lambda _: None, patience=PATIENCE)
        await coordinator.append(_request())
        assert coordinator._line.current
        backend = coordinator._line.current.info.backend_pid
        with psycopg.connect(owner_url) as owner, psycopg.connect(writer_url, autocommit=True) as killer:
            owner.execute("SELECT * FROM ledger.head FOR UPDATE")
            asked = asyncio.create_task(coordinator.append(_request()))
            await asyncio.to_thread(_until_it_waits, killer, backend)
            killer.execute("SELECT pg_terminate_backend(%s)", [backend])
        stopped = time.monotonic()
        while time.monotonic() < stopped + 2 * PATIENCE:
            pass  # nothing in this process runs, as under SIGSTOP

        assert (await asked).position == 2
        await coordinator.close()

    asyncio.run(scenario())
    assert check_ledger(owner_url) == 2


def test_the_largest_request_is_appended_in_one_transaction(writer_url: str, owner_url: str) -> None:
    """A transaction that takes longer than it may loses its session; it would be sent again and block the head anew."""

    def request(size: int) -> Append:
        event = new_event(new_stream(), 1)._replace(sealed=os.urandom(size - 128 - len(b"{}")))
        return Append([event], None, uniqueness_only=False)

    async def scenario() -> None:
        coordinator = AppendCoordinator(writer_url, on_append=lambda _: None)
        with pytest.raises(UnstorableEventError):
            await coordinator.append(request(_LARGEST_REQUEST + 1))
        await coordinator.append(_request())
        assert coordinator._line.current
        session = coordinator._line.current.info.backend_pid
        await coordinator.append(request(_LARGEST_REQUEST))
        assert coordinator._line.current.info.backend_pid == session
        await coordinator.close()

    asyncio.run(scenario())
    assert check_ledger(owner_url) == 2


def test_a_close_that_is_given_up_disconnects_all_the_same(writer_url: str, owner_url: str) -> None:
    async def scenario() -> None:
        ledger = await Ledger(writer_url).__aenter__()
        with psycopg.connect(owner_url) as owner:
            owner.execute("SELECT * FROM ledger.head FOR UPDATE")
            asked = asyncio.create_task(ledger.append([new_event(new_stream(), 1)]))
            closing = asyncio.create_task(ledger.__aexit__(None, None, None))
            await asyncio.wait([closing], timeout=0.2)
            closing.cancel()
            await asyncio.wait([closing])
            with pytest.raises(LedgerClosedError):
                await ledger.head()

        assert (await asked).position == 1, "and what was asked is answered"
        await ledger.__aexit__(None, None, None)
        assert _no_session_is_left(owner_url)

    asyncio.run(scenario())
    assert check_ledger(owner_url) == 1


def _no_session_is_left(url: str) -> bool:
    """Return whether every session of the ledger's ends soon."""
    asked = (
        "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'pencere%' AND datname = current_database()"
    )
    give_up_at = time.monotonic() + 10
    with psycopg.connect(url, autocommit=True) as beside:
        while time.monotonic() < give_up_at:
            if beside.execute(asked).fetchone() == (0,):
                return True
    return False


def _until_it_waits(beside: psycopg.Connection[tuple[object, ...]], backend: int) -> None:
    asked = "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s"
    while beside.execute(asked, [backend]).fetchone() != (True,):
        pass
