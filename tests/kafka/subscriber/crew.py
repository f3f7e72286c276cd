"""Processes of an agency, and the load under which they are killed."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, Self

from pencere_subscriber import Settings
from tests.cli.running import ROOT
from tests.kafka.subscriber.press import Press
from tests.kafka.subscriber.recording import USUAL


class Subscribed(Protocol):
    """The topic that an agency reads, and its group."""

    @property
    def topic(self) -> str:
        """The topic."""
        ...

    @property
    def group(self) -> str:
        """The group."""
        ...


def start(
    kafka: Settings, database: str, subscribed: Subscribed, member: str = "", manner: str = USUAL
) -> subprocess.Popen[bytes]:
    """Start a process of the agency."""
    program = [sys.executable, "-m", "tests.kafka.subscriber.recording"]
    own = {"KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers, "PYTHONPATH": f"{ROOT}:{ROOT / 'subscriber'}"}
    arguments = [database, subscribed.topic, subscribed.group, member, manner]
    return subprocess.Popen([*program, *arguments], env={**os.environ, **own}, cwd=ROOT)


@contextmanager
def running(
    kafka: Settings, database: str, subscribed: Subscribed, member: str = "", manner: str = USUAL
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process of the agency while the block runs, and stop it as an operator would."""
    with start(kafka, database, subscribed, member, manner) as process:
        try:
            yield process
            process.terminate()
            assert process.wait(30) == 0
        finally:
            process.kill()


class Load:
    """Events that come while the block runs; now and then a round is sent again."""

    def __init__(self, press: Press, at_once: int = 40) -> None:
        self._press, self._at_once = press, at_once
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="load")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _work(self) -> None:
        made = self._press.print(self._at_once)
        while not self._is_over.wait(0.02):  # as many as a real window may make, but fewer than a broker can take
            if len(self._press.printed) % 7 == 0:
                self._press.send(made[self._at_once // 2 :])
            made = self._press.print(self._at_once)
