"""A window in real processes, people who use it without pause, and the checks at the end."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import count
from pathlib import Path
from random import Random
from typing import NamedTuple, Self

import httpx2
import psycopg
from psycopg.conninfo import make_conninfo

from api.development_issuer import issue_token
from application.access.callers import Role
from application.clock import system_clock
from application.settings import Settings
from application.verifying.ledger import check_ledger as judge_ledger
from application.verifying.workers import here
from ledger.audit.whole import Against
from ledger.embedded.postgres import EmbeddedPostgres
from projections.audit import audit_views
from projections.folds import ALL_VIEWS
from projections.migrate import migrate_views
from tests.cli.running import ROOT, children_of, environment
from tests.faults.load import Load
from tests.first_start import copy_first_start, open_to_servers
from tests.ledger.audit import check_ledger

PATIENCE = 60.0


class Process:
    """A `pencere serve` on its own port, which can be killed and started again."""

    def __init__(self, data: Path, **settings: str) -> None:
        self._data, self._settings = data, settings
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._running: subprocess.Popen[bytes] | None = None
        self._log = data.parent / f"serve-{self.port}.log"

    def begin(self) -> None:
        """Start it."""
        command = [sys.executable, "-m", "cli", "serve", "--port", str(self.port)]
        settings = environment(PENCERE_DATA=str(self._data), **self._settings)
        with self._log.open("ab") as log:
            self._running = subprocess.Popen(command, env=settings, stdout=log, stderr=log, cwd=ROOT)

    async def start(self) -> None:
        """Start it, and wait until it is ready."""
        self.begin()
        await self.is_ready()

    async def is_ready(self) -> int:
        """Wait until it can serve; return how far the views are behind."""
        async with httpx2.AsyncClient() as client, asyncio.timeout(PATIENCE):
            while True:
                try:
                    answer = await client.get(f"{self.address}/health/ready", timeout=5)
                    if answer.status_code == 200:
                        return int(answer.json()["lag"])
                except httpx2.HTTPError:
                    assert self._running is not None
                    assert self._running.poll() is None, self._log.read_text()[-3000:]
                await asyncio.sleep(0.02)  # between two checks

    def kill(self) -> None:
        """`kill -9`."""
        assert self._running is not None
        self._running.kill()
        self._running.wait()

    def kill_beside(self, *words: str) -> int:
        """`kill -9` the process beside it that has these words; return how many were running: none or one."""
        assert self._running is not None
        found = children_of(self._running.pid, *words)
        for pid in found:
            os.kill(pid, signal.SIGKILL)
        return len(found)

    async def kill_and_start(self) -> None:
        """Kill it, and start a new one."""
        self.kill()
        await self.start()

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        if self._running is not None and self._running.poll() is None:
            self._running.send_signal(signal.SIGINT)
            self._running.wait(PATIENCE)


class World:
    """Everything that a fault may break.

    Args:
        postgres: the databases.
        scratch: a server to replay views in.
        seed: the seed of all random choices.
    """

    _numbers = count(1)

    def __init__(self, postgres: EmbeddedPostgres, scratch: str, seed: str) -> None:
        self.postgres, self.scratch, self.random = postgres, scratch, Random(seed)
        self.processes = [Process(postgres.data)]
        self.load = Load(self._addresses, self.token)
        self.kills = self.faults = self.settled = 0

    def __enter__(self) -> Self:
        self.processes[0].begin()
        return self

    def __exit__(self, *_: object) -> None:
        self.processes[0].stop()

    @asynccontextmanager
    async def in_use(self) -> AsyncIterator["World"]:
        """Let people use the window while the block runs; end when the views are up to date."""
        await self.processes[0].is_ready()
        self.load = Load(self._addresses, self.token)
        self.load.cases_before |= await asyncio.to_thread(self._cases)
        async with self.load.running():
            yield self
        await self._draws_end()
        self.settled = await asyncio.to_thread(self._last)
        while await self.processes[0].is_ready():
            pass

    async def _draws_end(self) -> None:
        """Wait until every draw that was requested has given its case to somebody."""
        under_way = (
            "SELECT count(*) FILTER (WHERE topic = 'desk.draw_requested')"
            " - count(*) FILTER (WHERE topic = 'desk.official_drawn') FROM ledger.events"
        )
        url = self.postgres.ledger_url("pencere_reader")
        async with asyncio.timeout(PATIENCE), await psycopg.AsyncConnection.connect(url, autocommit=True) as reader:
            while True:
                if await (await reader.execute(under_way)).fetchone() == (0,):
                    return
                await asyncio.sleep(0.1)  # between two checks

    @asynccontextmanager
    async def another_process(self) -> AsyncIterator[None]:
        """Run one more process on the same databases while the block runs."""
        other = Process(self.postgres.data)
        await other.start()
        self.processes.append(other)
        try:
            yield
        finally:
            self.processes.remove(other)
            await asyncio.to_thread(other.stop)

    def _addresses(self) -> list[str]:
        return [process.address for process in self.processes]

    def _last(self) -> int:
        """Return the last position. The window goes on: what waits is drawn for at any time."""
        with psycopg.connect(self.postgres.ledger_url("pencere_reader")) as reader:
            [(last,)] = reader.execute("SELECT max(position) FROM ledger.events").fetchall()
        return int(last)

    def _cases(self) -> set[str]:
        """Return the existing cases."""
        query = "SELECT stream::text FROM ledger.events WHERE topic = 'case.submitted'"
        with psycopg.connect(self.postgres.ledger_url("pencere_reader")) as reader:
            return {case for (case,) in reader.execute(query).fetchall()}

    def token(self, role: Role, subject: str, agency: str | None = None) -> str:
        """Return a token of the development issuer."""
        settings = Settings.read({"PENCERE_DATA": str(self.postgres.data)})
        return issue_token(settings, role, subject, now=system_clock(), agency=agency)

    def command(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command to its end; it must succeed."""
        ended = subprocess.run(
            [sys.executable, "-m", "cli", *arguments],
            env=environment(PENCERE_DATA=str(self.postgres.data)),
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE * 2,
        )
        assert ended.returncode == 0, (ended.returncode, ended.stderr)
        return ended

    def command_killed(self, *arguments: str, after: float, stdin: str = "") -> bool:
        """Start a command and kill it after some seconds; return whether it was still running."""
        with subprocess.Popen(
            [sys.executable, "-m", "cli", *arguments],
            env=environment(PENCERE_DATA=str(self.postgres.data)),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                process.communicate(stdin.encode(), timeout=after)
            except subprocess.TimeoutExpired:
                process.kill()
                self.kills += 1
                return True
        return False

    def a_database(self) -> str:
        """Return an empty database of the scratch server."""
        name = f"replay_{next(self._numbers)}"
        with psycopg.connect(self.scratch, autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name}".encode())
        return make_conninfo(self.scratch, dbname=name)

    def summary(self, *arguments: str) -> dict[str, object]:
        """Return the summary of a command."""
        summary: dict[str, object] = json.loads(self.command(*arguments, "--json").stdout)
        return summary


class Verdict(NamedTuple):
    """The counts of a check."""

    faults: int
    kills: int
    acknowledged: int
    lost: int
    twice: int


def check(world: World) -> Verdict:
    """Check everything that must hold after any fault; return the counts."""
    owner, reader = (world.postgres.ledger_url(f"pencere_{role}") for role in ("owner", "reader"))
    check_ledger(owner)
    with psycopg.connect(reader) as connection:
        rows = connection.execute("SELECT stream, version, position FROM ledger.events").fetchall()
        submitted = connection.execute("SELECT stream FROM ledger.events WHERE topic = 'case.submitted'").fetchall()
    stored = {(str(stream), version): at for stream, version, at in rows}
    lost = [ack for ack in world.load.acknowledged if stored.get((ack.case, ack.version)) != ack.position]
    ours = {ack.case for ack in world.load.acknowledged if ack.version == 1}
    twice = [key for key, cases in world.load.cases_of_key.items() if len(cases) != 1]
    unasked = {str(case) for (case,) in submitted} - ours - world.load.cases_before
    judged = judge_ledger(reader, Against(), here, lambda _done, _total: None)
    audited = audit_views(reader, world.a_database(), ALL_VIEWS, lambda _done, _total: None)

    assert lost == [], "an acknowledged change is not where it was said to be"
    assert twice == [], "a request was done twice"
    assert judged.findings == [], f"everything that happened could have happened: {judged.findings[:5]}"
    assert unasked == set(), "a case is there for which nobody has had an answer"
    assert {one.view: one.differences for one in audited if one.differences or one.stopped} == {}
    assert min(one.position for one in audited) >= world.settled > 0, "every view has caught up"
    return Verdict(world.faults, world.kills, len(world.load.acknowledged), len(lost), len(twice))


@contextmanager
def servers(folder: Path | None = None) -> Iterator[EmbeddedPostgres]:
    """Two clusters that a test may break, migrated; nobody else uses them."""
    place = folder or "/var/tmp"  # noqa: S108 - the database's account may go here
    with (
        tempfile.TemporaryDirectory(prefix="pencere-faults-", dir=place) as own,
        EmbeddedPostgres(copy_first_start(open_to_servers(Path(own)) / "data")) as running,
    ):
        migrate_views(running.ledger_url("pencere_owner"))
        yield running


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
