"""The processes of a delivery: one publishes, one receives, one appends at a rate."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from bench.servers import ROOT
from cli.databases import Databases
from consumers.kafka_settings import KafkaSettings

_PUBLISHED = "SELECT max(position) FROM outbox.channels"
_ELECTED = "SELECT count(*) FROM outbox.channels"
_HEAD = "SELECT position FROM ledger.head"


@contextmanager
def publishing(place: Databases, settings: KafkaSettings, niceness: int = 0) -> Iterator[None]:
    """Run a publisher during the block; it has begun when the block begins."""
    command = ["nice", "-n", str(niceness), sys.executable, "-m", "bench.publishing.drain"]
    with subprocess.Popen(command, cwd=ROOT, env=environment(place.projector, settings)) as process:
        try:
            _wait(place, process, _ELECTED, 1)
            yield
        finally:
            process.terminate()


def published(place: Databases) -> int:
    """Return the ledger's last position when everything up to it is acknowledged; a publisher must be running."""
    with psycopg.connect(place.owner) as owner:
        [(head,)] = owner.execute(_HEAD).fetchall()
    _wait(place, None, _PUBLISHED, head)
    return int(head)


@contextmanager
def hearing(settings: KafkaSettings, topic: str) -> Iterator["Hearer"]:
    """Run a consumer of the topic; it gets everything from the beginning of the block."""
    command = [sys.executable, "-m", "bench.publishing.hearing", topic]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment("", settings), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        hearer = Hearer(process)
        try:
            hearer.next_words()
            yield hearer
        finally:
            process.terminate()


class Hearer:
    """A consumer that notes how long after each event it got it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def next_words(self) -> str:
        """Return the next line that it prints."""
        if self._process.stdout is None:
            raise RuntimeError
        return self._process.stdout.readline()

    def heard(self, count: int) -> list[tuple[int, float]]:
        """Return, once so many events have come, when each was recorded (microseconds) and its delay in seconds."""
        if self._process.stdin is None:
            raise RuntimeError
        self._process.stdin.write(f"{count}\n")
        self._process.stdin.flush()
        return [(at, late) for at, late in json.loads(self.next_words())]


def ran(module: str, *arguments: str, url: str, settings: KafkaSettings | None = None) -> Any:
    """Run a process to its end, and return its output."""
    ended = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=environment(url, settings),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(ended.stdout)


def environment(url: str, settings: KafkaSettings | None) -> dict[str, str]:
    """Return the environment that says where everything is."""
    kafka = {"KAFKA_BOOTSTRAP_SERVERS": settings.bootstrap_servers} if settings else {}
    return {**os.environ, "DATABASE_URL": url, **kafka}


def _wait(place: Databases, process: subprocess.Popen[bytes] | None, statement: str, number: int) -> None:
    with psycopg.connect(place.owner, autocommit=True) as owner:
        while (owner.execute(statement.encode()).fetchone() or (0,))[0] < number:
            if process is not None and process.poll() is not None:
                raise subprocess.SubprocessError("the publisher has ended")
