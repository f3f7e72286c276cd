"""A command that is asked to end does so within its grace period, whatever it waits for."""

import asyncio
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest

from cli.stopping import GRACE, SERVING_GRACE
from consumers.local_kafka.cluster import LocalKafka
from ledger.embedded.postgres import ADMIN, EmbeddedPostgres
from tests.api.running import Where
from tests.cli.running import ROOT, environment, is_alive, parts_of
from tests.kafka.publishing import published
from tests.ledger.stopped_processes import server_stopped, stopped
from tests.projections.lives import Country, append

SIGNALS = [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)]
_MARGIN = 6.0  # seconds that a machine under load may need to end a process
_LIMIT = 60.0


class Running:
    """One of our commands, as a process."""

    def __init__(self, *arguments: str, data: Path, brokers: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cli", *arguments],
            env=environment(PENCERE_DATA=str(data), KAFKA_BOOTSTRAP_SERVERS=brokers),
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said: list[str] = []
        self._told = threading.Condition()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def has_said(self, words: str) -> None:
        """Wait until it has printed this."""
        with self._told:
            assert self._told.wait_for(lambda: any(words in line for line in self.said), _LIMIT), self.said

    def ends_by(self, number: signal.Signals, within: float = GRACE) -> int:
        """Ask it to end, and return its status once it has ended, within the grace period."""
        self.process.send_signal(number)
        return self.process.wait(within + _MARGIN)

    def _listen(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            with self._told:
                self.said.append(line)
                self._told.notify_all()


@contextmanager
def running(*arguments: str, data: Path, brokers: str) -> Iterator[Running]:
    """Run a command; kill it at the end of the block if it still runs."""
    command = Running(*arguments, data=data, brokers=brokers)
    try:
        yield command
    finally:
        command.process.kill()
        command.process.wait()
        command._listener.join(_LIMIT)
        if command.process.stderr:
            command.process.stderr.close()


@contextmanager
def nobody() -> Iterator[str]:
    """Yield an address at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{taken.getsockname()[1]}"


@contextmanager
def silent() -> Iterator[str]:
    """Yield an address that accepts connections and never answers, like a stopped process."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(100)
        yield f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture(scope="module")
def own(data_folder: Path) -> Iterator[EmbeddedPostgres]:
    """Databases that only these tests use, and that they may stop."""
    with EmbeddedPostgres(data_folder / "stopping") as own:
        own.migrate()
        yield own


@pytest.fixture(scope="module")
def replicated(own: EmbeddedPostgres) -> str:
    """A database for a replica."""
    with psycopg.connect(own.ledger_url(ADMIN, "postgres"), autocommit=True) as admin:
        admin.execute("CREATE DATABASE replica_that_stops")
    return own.ledger_url(ADMIN, "replica_that_stops")


@pytest.fixture(scope="module")
def stoppable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalKafka]:
    """A broker that these tests may stop."""
    with LocalKafka(tmp_path_factory.mktemp("stoppable")) as brokers:
        yield brokers


@pytest.fixture(scope="module")
def country() -> Country:
    """The country whose events fill the ledger of these tests."""
    return Country(71)


def until(holds: Callable[[], bool]) -> None:
    """Wait until the condition holds."""
    held = threading.Event()
    for _ in range(int(_LIMIT * 20)):
        if holds():
            return
        held.wait(0.05)  # between two checks of another process
    pytest.fail("it never held")


def has_session(own: EmbeddedPostgres, name: str) -> bool:
    with psycopg.connect(own.ledger_url(ADMIN, "postgres")) as admin:
        asked = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE %s"
        row = admin.execute(asked, [f"{name}%"]).fetchone()
    return bool(row and row[0])


@contextmanager
def publishing(own: EmbeddedPostgres, brokers: str) -> Iterator[Running]:
    """Run a publisher, and wait until it works: the session of one that an earlier test stopped may still exist."""
    until(lambda: not has_session(own, "pencere outbox"))
    with running("publish", data=own.data, brokers=brokers) as command:
        until(lambda: has_session(own, "pencere outbox"))
        yield command


def where_of(own: EmbeddedPostgres) -> Where:
    url = own.ledger_url
    return Where(url("pencere_writer"), url("pencere_projector"), url("pencere_reader"), own.vault_url("pencere_vault"))


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("broker_that_is", [nobody, silent])
def test_a_publisher_ends_while_the_broker_is_away(
    own: EmbeddedPostgres, number: signal.Signals, broker_that_is: Callable[[], AbstractContextManager[str]]
) -> None:
    with ExitStack() as stack:
        address = stack.enter_context(broker_that_is())
        command = stack.enter_context(publishing(own, address))

        assert command.ends_by(number) == 0


@pytest.mark.parametrize("number", SIGNALS)
def test_a_publisher_ends_while_a_round_is_not_acknowledged_and_the_next_one_sends_it(
    own: EmbeddedPostgres, stoppable: LocalKafka, country: Country, number: signal.Signals
) -> None:
    where, brokers = where_of(own), stoppable.bootstrap_servers
    with running("publish", data=own.data, brokers=brokers) as command:
        head = asyncio.run(append(where.writer, country.live(30), 8))
        until(lambda: published(where) >= head)
        with stopped(pids_of(stoppable)):
            head = asyncio.run(append(where.writer, country.live(30), 8))

            assert command.ends_by(number) == 0
            assert published(where) < head
    with running("publish", data=own.data, brokers=brokers):
        until(lambda: published(where) >= head)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_publisher_ends_while_postgresql_is_stopped_and_the_broker_is_away(
    own: EmbeddedPostgres, number: signal.Signals
) -> None:
    with nobody() as address, publishing(own, address) as command, server_stopped(own.ledger):
        assert command.ends_by(number) == 0


@pytest.mark.parametrize("number", SIGNALS)
def test_a_projector_ends_while_postgresql_is_stopped(own: EmbeddedPostgres, number: signal.Signals) -> None:
    until(lambda: not has_session(own, "pencere projector"))
    with running("project", "run", data=own.data, brokers="") as command:
        until(lambda: has_session(own, "pencere projector"))
        with server_stopped(own.ledger):
            assert command.ends_by(number) == 0


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("broker_that_is", [nobody, silent])
def test_a_replica_ends_while_the_broker_is_away(
    own: EmbeddedPostgres,
    replicated: str,
    number: signal.Signals,
    broker_that_is: Callable[[], AbstractContextManager[str]],
) -> None:
    with ExitStack() as stack:
        address = stack.enter_context(broker_that_is())
        command = stack.enter_context(running("replica", "--database", replicated, data=own.data, brokers=address))
        command.has_said("Feeding")

        assert command.ends_by(number) == 0


@pytest.mark.parametrize("arguments", [("kafka", "setup"), ("subscribe", "--agency", "harbour", "--group", "one")])
@pytest.mark.parametrize("number", SIGNALS)
def test_other_commands_end_while_the_broker_says_nothing(
    own: EmbeddedPostgres, number: signal.Signals, arguments: Sequence[str]
) -> None:
    with silent() as address, running(*arguments, data=own.data, brokers=address) as command:
        until(lambda: connects_to(command.process.pid, address))

        command.ends_by(number)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_served_window_ends_with_all_its_parts_while_the_broker_says_nothing(
    own: EmbeddedPostgres, number: signal.Signals
) -> None:
    with silent() as address, running("serve", "--port", "0", "--no-demo", data=own.data, brokers=address) as command:
        until(lambda: has_session(own, "pencere outbox"))
        until(lambda: has_session(own, "pencere log"))
        command.has_said("DEVELOPMENT MODE")
        children = parts_of(command.process.pid, ("publish",))

        assert command.ends_by(number, SERVING_GRACE) == 0
        until(lambda: not any(is_alive(child) for child in children))


def connects_to(pid: int, address: str) -> bool:
    """Return whether the process has a connection to that address."""
    port = f":{int(address.rpartition(':')[2]):04X}"
    try:
        lines = Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]
    except OSError:
        return False
    return any(line.split()[2].endswith(port) for line in lines)


def pids_of(brokers: LocalKafka) -> list[int]:
    """Return the brokers' processes."""
    return [process.pid for process in brokers._processes.values()]
