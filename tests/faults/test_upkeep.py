"""The housekeeping goes on after an unexpected error: nobody watches it, so nobody would miss it."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from application.clock import system_clock
from application.window import window_on
from consumers import upkeep
from consumers.upkeep import keep_house, watch_servers
from ledger.embedded.postgres import ADMIN, EmbeddedPostgres
from ledger.postgresql.task_ending import end
from ledger.store.ledger import Ledger
from ledger.vault.key_encryption import FileKeyEncryption
from ledger.vault.vault import Vault
from tests.api.running import Where, fresh_databases
from tests.faults.world import servers


async def _until(condition: Callable[[], bool], task: asyncio.Task[None]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            assert not task.done(), task
            await asyncio.sleep(0.005)  # between two checks


def _beside(working: Coroutine[object, object, None]) -> asyncio.Task[None]:
    return asyncio.get_running_loop().create_task(working)


def test_the_housekeeping_goes_on_after_an_unexpected_error(
    postgres: EmbeddedPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(upkeep, "_HOUSEKEEPING", 0.01)
    caplog.set_level("INFO", "consumers.upkeep")

    async def scenario(where: Where) -> None:
        database = str(conninfo_to_dict(where.writer)["dbname"])
        async with (
            await psycopg.AsyncConnection.connect(postgres.ledger_url(ADMIN, database), autocommit=True) as admin,
            Ledger(where.writer) as ledger,
            Vault(where.vault, FileKeyEncryption(tmp_path / "keys")) as vault,
            window_on(ledger, vault, system_clock) as window,
        ):
            await admin.execute("REVOKE EXECUTE ON FUNCTION ledger.expire_idempotency_keys FROM pencere_writer")
            task = _beside(keep_house(window))
            await _until(lambda: "housekeeping has a fault" in caplog.text, task)
            await admin.execute("GRANT EXECUTE ON FUNCTION ledger.expire_idempotency_keys TO pencere_writer")
            await _until(lambda: "forgot 0 idempotency keys" in caplog.text, task)
            await end(task)

    with fresh_databases(postgres, "upkeep") as where:
        asyncio.run(scenario(where))


def test_a_server_that_could_not_be_started_is_started_when_the_cause_is_gone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(upkeep, "_WATCH", 0.01)

    async def scenario(embedded: EmbeddedPostgres) -> None:
        guard = embedded.data / "start.lock"
        guard.unlink()
        guard.mkdir()
        embedded.vault.kill()
        task = _beside(watch_servers(embedded))
        await _until(lambda: "cannot be started, which is tried again: IsADirectoryError" in caplog.text, task)
        guard.rmdir()
        await _until(embedded.vault.is_running, task)
        await end(task)

    with servers() as embedded:
        asyncio.run(scenario(embedded))
