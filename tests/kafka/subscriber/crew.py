"""Processes of an agency, and the load under which they are killed."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from pencere_subscriber import Settings
from tests.cli.running import ROOT
from tests.kafka.subscriber.press import Press


def start(kafka: Settings, database: str, press: Press, member: str = "", fault: str = "") -> subprocess.Popen[bytes]:
    """Start a process of the agency."""
    command = [sys.executable, "-m", "tests.kafka.subscriber.recording", database, press.topic, press.group, member]
    own = {"KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers, "PYTHONPATH": f"{ROOT}:{ROOT / 'subscriber'}"}
    return subprocess.Popen([*command, *([fault] if fault else [])], env={**os.environ, **own}, cwd=ROOT)


@contextmanager
def running(kafka: Settings, database: str, press: Press, member: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """Have a process of the agency run as long as the block does; it is stopped as an operator would."""
    process = start(kafka, database, press, member)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        finally:
            process.kill()
            process.wait()


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
