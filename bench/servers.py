"""Starts the measured servers, each in a separate process, and the load on them."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Final, TextIO

import psutil
from psycopg.conninfo import conninfo_to_dict

from bench.figures import Measured
from bench.ground import Ground, without_credentials
from bench.http_load import Plan
from bench.process_family import summed
from cli.databases import Databases

ROOT = Path(__file__).resolve().parents[1]
OURS = ("cli", "serve", "--port", "0", "--no-demo")
_LOOK: Final = 0.5  # seconds between two looks at what a server uses
_AT_REST: Final = 0.3  # of a core
_AT_REST_WITHIN: Final = 600.0  # of a large ledger the public log is built first
_ADDRESS = re.compile(r"http://127\.0\.0\.1:([0-9]+)")


class ServerFailedError(Exception):
    """The server ended before it listened, or never came to rest; the text has its last output, or says so."""


@contextmanager
def serving(
    ground: Ground, place: Databases, module: str, *arguments: str, settings: Mapping[str, str] = MappingProxyType({})
) -> Iterator[int]:
    """Run `python -m module` on the place's databases, with more settings, and give the port that it listens on."""
    known = {
        "PENCERE_DATA": str(ground.embedded.data),
        "DATABASE_URL": without_credentials(place.owner),
        "VAULT_URL": without_credentials(place.vault),
        # The log's key signs only this ledger.
        "PENCERE_LOG_KEY": str(ground.embedded.data / f"log-key-{conninfo_to_dict(place.owner)['dbname']}"),
    }
    with (
        tempfile.TemporaryFile("w+") as words,
        subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env={**os.environ, **known, **settings},
            stdout=subprocess.PIPE,
            stderr=words,
            text=True,
        ) as server,
    ):
        try:
            port = _port(server.stdout or (), words)
            _wait_until_at_rest(server.pid)
            yield port
        finally:
            server.terminate()


def loaded(port: int, seconds: float, status: int, connections: Sequence[Sequence[str]]) -> Measured:
    """Return a server's figures under the load of these connections."""
    plan = Plan(port, seconds, status, connections)
    ended = subprocess.run(
        [sys.executable, "-m", "bench.http_load"],
        cwd=ROOT,
        input=json.dumps(plan._asdict()),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=60 + 3 * seconds,
    )
    return Measured(*json.loads(ended.stdout))


def _wait_until_at_rest(pid: int) -> None:
    """Return when neither the server nor its children use much of a core: the children are still starting at first."""
    give_up_at = time.monotonic() + _AT_REST_WITHIN
    server = psutil.Process(pid)
    before = summed(server, _seconds_of)
    while time.monotonic() < give_up_at:
        time.sleep(_LOOK)
        now = summed(server, _seconds_of)
        if now - before < _AT_REST * _LOOK:
            return
        before = now
    raise ServerFailedError("the server does not come to rest")


def _seconds_of(process: psutil.Process) -> float:
    """Return the seconds of a core that a process has used."""
    times = process.cpu_times()
    return times.user + times.system


def _port(said: Iterable[str], words: TextIO) -> int:
    for line in said:
        if found := _ADDRESS.search(line):
            return int(found[1])
    words.seek(0)
    raise ServerFailedError(words.read()[-2000:])
