"""The sending process is elected, killed, replaced, cut off: no event is lost, and no case is out of order."""

import asyncio
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from application.catalogue.entries import Catalogue, LoadedSubscription
from application.clock import system_clock
from consumers.webhooks.settings import WebhookSettings
from consumers.webhooks.worker import Webhooks
from domain.upcasts import UnknownSchemaVersionError
from ledger.embedded.postgres import ADMIN, EmbeddedPostgres
from ledger.refusals import LedgerBusyError
from tests.api.running import Where
from tests.cli.running import ROOT, environment
from tests.webhooks.conftest import InTown
from tests.webhooks.receiver import Receiver, Reply, assert_a_chain, assert_in_order_per_case
from tests.webhooks.town import HERE, Town

SETTINGS = WebhookSettings(egress=HERE)


async def until(condition: Callable[[], bool], within: float = 60) -> None:
    """Wait until a condition holds."""
    async with asyncio.timeout(within):
        while True:
            if condition():
                return
            await asyncio.sleep(0.005)  # between two checks


async def more(receiver: Receiver, count: int) -> None:
    """Wait until so many more requests have arrived."""
    wanted = len(receiver.received) + count
    await until(lambda: len(receiver.received) >= wanted)


@asynccontextmanager
async def delivering(town: Town, catalogue: Catalogue | None = None) -> AsyncIterator[Webhooks]:
    """Deliver webhooks during the block."""
    catalogue = catalogue or town.window.catalogue
    async with (
        Webhooks(town.projector, town.views, catalogue, town.window.vault.derive, SETTINGS, system_clock) as webhooks,
        webhooks.running(),
    ):
        yield webhooks


@asynccontextmanager
async def under_load(town: Town, least: int) -> AsyncIterator[None]:
    """Submit and end at least so many cases during the block."""
    ending = asyncio.Event()

    async def load() -> None:
        done = 0
        while done < least or not ending.is_set():
            await town.lives(8)
            done += 8

    task = asyncio.create_task(load())
    try:
        yield
    finally:
        ending.set()
        await task


async def everything_came(town: Town, receiver: Receiver) -> None:
    """Check that the endpoint gets all events since the grant, each case in order, as one chain."""
    begun = await town.begun()
    sequences = [each.sequence for each in await town.feed(begun)]
    await until(lambda: {each.sequence for each in receiver.taken} >= set(sequences))
    once = receiver.once_each()
    assert sorted(each.sequence for each in once) == sequences
    assert_in_order_per_case(once)
    assert_a_chain(once, begun)


def test_of_two_one_delivers_and_the_other_takes_over(in_town: InTown[None], receiver: Receiver) -> None:
    async def scenario(town: Town) -> None:
        await town.subscribes(receiver.address())
        async with delivering(town):
            async with delivering(town):
                await town.lives(40)
                await everything_came(town, receiver)
                assert max(Counter(each.headers["webhook-id"] for each in receiver.received).values()) == 1
            await town.lives(40)
            await everything_came(town, receiver)

    in_town(scenario)


def test_each_subscription_is_delivered_by_itself(in_town: InTown[None], receiver: Receiver) -> None:
    """An endpoint that is down and one that is slow do not delay the others."""

    async def scenario(town: Town) -> None:
        with Receiver(replies=lambda _: Reply(500)) as down, Receiver() as slow:
            release = asyncio.Event()
            loop = asyncio.get_running_loop()

            def wait() -> None:
                asyncio.run_coroutine_threadsafe(asyncio.wait_for(release.wait(), 60), loop).result()

            slow.replies = lambda _: Reply(before=wait)
            await town.subscribes(down.address(), "down")
            await town.subscribes(slow.address(), "slow")
            await town.subscribes(receiver.address())
            async with delivering(town):
                await town.lives(20)
                await everything_came(town, receiver)
                assert down.received
                assert slow.taken == []
                release.set()

    in_town(scenario)


def test_what_the_agency_orders_is_done_at_once(in_town: InTown[None], receiver: Receiver) -> None:
    async def scenario(town: Town) -> None:
        with Receiver(replies=lambda _: Reply(410)) as gone:
            async with delivering(town):
                await town.subscribes(gone.address())
                begun = await town.begun()
                await town.lives(2)
                await until(lambda: bool(gone.received))
                await town.moves(receiver.address())
                await everything_came(town, receiver)
                before = len(receiver.taken)
                await town.replays(begun)
                await until(lambda: len(receiver.taken) == 2 * before + 1)
                await town.ends()
                await town.subscribes(receiver.address(path="/other"), "other")
                await town.lives(2)
                await until(lambda: sum(each.path == "/other" for each in receiver.taken) == 3)

            assert sum(each.path == "/in" for each in receiver.taken) == 2 * before + 1, "nothing after the end"

    in_town(scenario)


class FailingCatalogue(Catalogue):
    """Reads what is there, but raises errors for the subscriptions named, as many as are given."""

    def __init__(self, town: Town, errors: dict[str, list[Exception]]) -> None:
        super().__init__(town.window.ledger)
        self.errors = errors

    async def subscription(self, name: str) -> LoadedSubscription:
        if self.errors.get(name):
            raise self.errors[name].pop()
        return await super().subscription(name)


def test_a_subscription_that_this_version_cannot_read_ends_no_other_deliveries(
    in_town: InTown[None], receiver: Receiver
) -> None:
    async def scenario(town: Town) -> None:
        with Receiver() as other:
            await town.subscribes(other.address(), "newer")
            await town.subscribes(receiver.address())
            await town.lives(8)
            newer: list[Exception] = [
                UnknownSchemaVersionError("subscription.granted", 9) for _ in range(SETTINGS.at_once)
            ]
            async with delivering(town, FailingCatalogue(town, {"newer": newer})):
                await everything_came(town, receiver)
                await until(lambda: len(newer) < SETTINGS.at_once)
                await town.ends("newer")
                await town.lives(2)
                await everything_came(town, receiver)
            assert other.received == []

    in_town(scenario)


def test_while_the_ledger_is_busy_webhooks_begin_anew(in_town: InTown[None], receiver: Receiver) -> None:
    async def scenario(town: Town) -> None:
        await town.subscribes(receiver.address())
        busy: list[Exception] = [LedgerBusyError(1)]
        async with delivering(town, FailingCatalogue(town, {"hook": busy})):
            await town.lives(2)
            await until(lambda: bool(receiver.received), within=20)
            await everything_came(town, receiver)
        assert busy == []

    in_town(scenario)


def test_an_unexpected_error_gives_the_lock_back_and_begins_anew(
    in_town: InTown[None],
    where: Where,
    postgres: EmbeddedPostgres,
    receiver: Receiver,
    caplog: pytest.LogCaptureFixture,
) -> None:
    database = str(conninfo_to_dict(where.projector)["dbname"])

    async def scenario(town: Town) -> None:
        await town.subscribes(receiver.address())
        async with (
            await psycopg.AsyncConnection.connect(postgres.ledger_url(ADMIN, database), autocommit=True) as admin,
            delivering(town),
        ):
            await town.lives(2)
            await everything_came(town, receiver)
            await admin.execute("REVOKE USAGE ON SCHEMA subscriptions FROM pencere_reader")
            await until(lambda: "begin anew after a fault: InsufficientPrivilege" in caplog.text)
            await admin.execute("GRANT USAGE ON SCHEMA subscriptions TO pencere_reader")
            async with delivering(town):  # either of them may have taken the lock
                await town.lives(2)
                await everything_came(town, receiver)

    in_town(scenario)


def test_a_lost_session_begins_anew(in_town: InTown[None], where: Where, postgres: EmbeddedPostgres) -> None:
    def cut() -> int:
        database = str(conninfo_to_dict(where.projector)["dbname"])
        with psycopg.connect(postgres.ledger_url(ADMIN, database), autocommit=True) as admin:
            query = (
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE application_name = 'pencere webhooks' AND datname = current_database()"
            )
            row = admin.execute(query).fetchone()
        return int(row[0]) if row else 0

    async def scenario(town: Town) -> None:
        with Receiver() as receiver:
            await town.subscribes(receiver.address())
            async with delivering(town), under_load(town, 80):
                for _ in range(3):
                    await more(receiver, 6)
                    while not await asyncio.to_thread(cut):
                        pass  # it is just restarting
            async with delivering(town):
                await everything_came(town, receiver)

    in_town(scenario)


class Process:
    """`pencere webhooks` as a separate process."""

    def __init__(self, where: Where, postgres: EmbeddedPostgres, data: Path) -> None:
        shutil.copy(postgres.data / "role-passwords.json", data)
        self._settings = environment(
            PENCERE_DATA=str(data),
            DATABASE_URL=where.writer,
            VAULT_URL=where.vault,
            PENCERE_WEBHOOK_ALLOW="127.0.0.0/8",
            PENCERE_WEBHOOK_PLAIN_HTTP="yes",
        )
        self.begin()

    def begin(self) -> None:
        """Start it."""
        command = [sys.executable, "-m", "cli", "webhooks"]
        self.running = subprocess.Popen(command, env=self._settings, cwd=ROOT)

    def kill(self) -> None:
        """`kill -9`."""
        self.running.kill()
        assert self.running.wait() == -signal.SIGKILL

    def stop(self) -> int:
        """End it as Ctrl-C does."""
        self.running.send_signal(signal.SIGINT)
        return self.running.wait(30)


def killed_under_load(in_town: InTown[None], begin: Callable[[], Process], times: int) -> Counter[int]:
    """Kill the sending process so many times under load; return how many events came once, twice and so on."""
    counts: Counter[int] = Counter()

    async def scenario(town: Town) -> None:
        with Receiver() as receiver:
            await town.subscribes(receiver.address())
            running = await asyncio.to_thread(begin)
            async with under_load(town, 100):
                for number in range(times):
                    await more(receiver, 4 + 7 * (number % 4))
                    await asyncio.to_thread(running.kill)
                    running.begin()
            await everything_came(town, receiver)
            assert await asyncio.to_thread(running.stop) == 0
            counts.update(Counter(each.headers["webhook-id"] for each in receiver.taken).values())

    in_town(scenario)
    return counts


@pytest.fixture
def begin(where: Where, postgres: EmbeddedPostgres, tmp_path: Path) -> Iterator[Callable[[], Process]]:
    """A function that starts the process. The process never outlives the test."""
    begun: list[Process] = []

    def start() -> Process:
        begun.append(Process(where, postgres, tmp_path))
        return begun[-1]

    yield start
    for each in begun:
        each.running.kill()
        each.running.wait()


def test_killed_under_load_every_event_is_delivered_in_order_per_case(
    in_town: InTown[None], begin: Callable[[], Process]
) -> None:
    counts = killed_under_load(in_town, begin, times=2)

    again = sum((times - 1) * events for times, events in counts.items())
    assert again <= 2 * SETTINGS.at_once * 2, counts


@pytest.mark.slow
def test_killed_twenty_times_under_load_every_event_is_delivered_in_order_per_case(
    in_town: InTown[None], begin: Callable[[], Process]
) -> None:
    counts = killed_under_load(in_town, begin, times=20)

    print(f"killed 20 times: {dict(counts)} (times that an event came: events)")
    assert set(counts)


def test_another_process_takes_over_within_seconds(
    in_town: InTown[None], begin: Callable[[], Process], receiver: Receiver
) -> None:
    async def scenario(town: Town) -> None:
        await town.subscribes(receiver.address())
        first = await asyncio.to_thread(begin)
        await town.lives(2)
        await until(lambda: bool(receiver.received))
        second = await asyncio.to_thread(begin)
        await everything_came(town, receiver)
        seen = len(receiver.received)
        began = monotonic()
        await asyncio.to_thread(first.kill)
        await town.lives(2)
        await until(lambda: len(receiver.received) > seen)
        assert monotonic() - began < 10
        await everything_came(town, receiver)
        assert await asyncio.to_thread(second.stop) == 0

    in_town(scenario)
