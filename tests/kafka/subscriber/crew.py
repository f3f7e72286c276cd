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
    """What an agency reads, and as which group."""

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
    """Have a process of the agency run as long as the block does; it is stopped as an operator would."""
    with start(kafka, database, subscribed, member, manner) as process:
        try:
            yield process
            process.terminate()
            assert process.wait(30) == 0
        finally:
            process.kill()


class Load:
    """Events that come as long as the block runs, with rounds that are sent again now and then."""

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
        while not self._is_over.wait(0.02):  # what a real window may bring forth, and not all that a broker can take
            if len(self._press.printed) % 7 == 0:
                self._press.send(made[self._at_once // 2 :])
            made = self._press.print(self._at_once)
