"""A window on fresh databases, without HTTP."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from application.clock import system_clock
from application.window import Window, window_on
from ledger.embedded.postgres import EmbeddedPostgres
from ledger.store.ledger import Ledger
from ledger.vault.key_encryption import FileKeyEncryption
from ledger.vault.vault import Vault

OpenWindow = Callable[[], AbstractAsyncContextManager[Window]]


@pytest.fixture
def open_window(postgres: EmbeddedPostgres, ledger_database: str, vault_database: str, tmp_path: Path) -> OpenWindow:
    """Open the window; several times in one test gives the same databases."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Window]:
        ledger_url = postgres.ledger_url("pencere_writer", ledger_database)
        vault_url = postgres.vault_url("pencere_vault", vault_database)
        keys = FileKeyEncryption(tmp_path / "keys.json")
        async with (
            Ledger(ledger_url) as ledger,
            Vault(vault_url, keys) as vault,
            window_on(ledger, vault, system_clock) as window,
        ):
            yield window

    return opened
