"""Runs publishers on a ledger that grows, and reads how far they are."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import psycopg

from consumers.kafka_settings import KafkaSettings
from ledger.store.entries import StoredEntry
from projections.agency_feed.types import Delivery
from projections.views import Views
from tests.api.running import Where
from tests.cli.running import ROOT
from tests.projections.folding import folding
from tests.projections.lived import all_entries
from tests.projections.lives import ZONES, Country, append


@contextmanager
def publisher(where: Where, settings: KafkaSettings) -> Iterator[subprocess.Popen[bytes]]:
    """Run a publisher as a process while the block runs."""
    environment = {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": settings.bootstrap_servers, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.kafka.publish_process", where.projector]
    with subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


def published(where: Where) -> int:
    """Return the position up to which everything is acknowledged; -1 when the database does not answer."""
    try:
        with psycopg.connect(where.reader, connect_timeout=5) as reader:
            row = reader.execute("SELECT position FROM outbox.channels WHERE channel = 'kafka'").fetchone()
    except psycopg.OperationalError:
        return -1
    return int(row[0]) if row else 0


async def published_beyond(where: Where, position: int, within: float = 90) -> None:
    """Wait until everything up to a position and one more event are acknowledged."""
    async with asyncio.timeout(within):
        while await asyncio.to_thread(published, where) <= position:  # noqa: ASYNC110 - it is another process
            await asyncio.sleep(0.02)  # between two checks


@asynccontextmanager
async def growing(where: Where, country: Country) -> AsyncIterator[None]:
    """Let the country go on and its views fold it while the block runs."""
    is_over = asyncio.Event()

    async def live() -> None:
        while not is_over.is_set():
            await append(where.writer, country.live(40), 8)

    async with folding(where.projector) as projector, asyncio.TaskGroup() as tasks:
        living = tasks.create_task(live())
        try:
            yield
        finally:
            is_over.set()
            await asyncio.wait([living])
        await projector.catch_up(len(await all_entries(where.writer)))


async def log_and_feeds(where: Where) -> tuple[list[StoredEntry], dict[str, list[Delivery]]]:
    """Return the whole log, and each agency's feed as HTTP serves it."""
    entries = list(await all_entries(where.writer))
    async with Views(where.reader) as views:
        feeds = {agency: await views.agency_feed.page(agency, 0, 1_000_000) for agency in ZONES}
    return entries, {agency: feed for agency, feed in feeds.items() if feed}
