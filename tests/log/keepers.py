"""Keepers of the public log in threads, like those that `pencere log keep` runs in processes."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from consumers.log_keeper import LogKeeper
from consumers.log_settings import LogSettings
from ledger.public_log.checkpoint_store import CheckpointStore
from ledger.public_log.public_log import PublicLog
from ledger.public_log.session import LogSession
from tests.ledger.tree.kept import ORIGIN, Place

QUICK = LogSettings(interval=0.05)
SLOW = LogSettings(interval=60)


@contextmanager
def keeping(place: Place, settings: LogSettings = QUICK) -> Iterator[LogKeeper]:
    """Keep the log while the block runs."""
    keeper = LogKeeper(place.projector, place.folder, ORIGIN, settings)
    thread = threading.Thread(target=keeper.run, name="keeper")
    thread.start()
    try:
        yield keeper
    finally:
        keeper.stop()
        thread.join()


def asked(place: Place, question: Callable[[PublicLog], Any]) -> Any:
    """Ask the log through its public view."""

    async def ask() -> Any:
        async with PublicLog(place.reader, ORIGIN) as log:
            return await question(log)

    return asyncio.run(ask())


def size_of(place: Place) -> int:
    """Return the size of the last published tree; -1 while there is none."""
    latest = asked(place, lambda log: log.latest())
    return -1 if latest is None else int(latest.head.size)


def alarms_of(place: Place) -> dict[str, tuple[str, str]]:
    """Return the alarms for a person: source -> kind and reason."""
    return {source: (kind, reason) for source, kind, reason in asked(place, lambda log: log.alarms())}


def cosigned(place: Place, size: int) -> set[str]:
    """Return the witnesses that have cosigned the checkpoint of a size."""
    with LogSession(place.projector) as session:
        return CheckpointStore(session, ORIGIN).cosigned_by(size)
