"""The one composition root: builds everything from the settings, and closes it in the reverse order."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from application.clock import system_clock
from application.settings import Settings
from application.window import Window, window_on
from cli.databases import Databases
from ledger.store.ledger import Ledger
from ledger.vault.key_encryption import FileKeyEncryption
from ledger.vault.vault import Vault

KEY_FILE = "key-encryption-keys.json"


def key_encryption(settings: Settings) -> FileKeyEncryption:
    """Return the key-encryption keys in the data folder."""
    settings.data.mkdir(parents=True, exist_ok=True)
    return FileKeyEncryption(settings.data / KEY_FILE)


@asynccontextmanager
async def open_window(
    settings: Settings, where: Databases, observe: Callable[[int, float], None] = lambda _requests, _seconds: None
) -> AsyncIterator[Window]:
    """Open the ledger and the vault, and close them at the end."""
    async with (
        Ledger(where.writer, observe=observe) as ledger,
        Vault(where.vault, key_encryption(settings)) as vault,
        window_on(ledger, vault, system_clock) as window,
    ):
        yield window
