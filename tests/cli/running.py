"""Runs the `pencere` command as its users do: as a separate process with two output streams."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from tests.log.waiting import until

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90
PROJECTOR, KEEPER, REACTIONS = ("project", "run"), ("log", "keep"), ("react",)  # as `serve` starts them beside itself
PARTS = (PROJECTOR, KEEPER, REACTIONS, ("evidence",), ("keeper", "own"))


def environment(**more: str) -> Mapping[str, str]:
    """Return an environment whose only settings of databases are the given ones."""
    own = {
        name: value for name, value in os.environ.items() if not name.startswith(("PENCERE_", "DATABASE_", "VAULT_"))
    }
    return {**own, "PYTHONPATH": str(ROOT), **more}


def pencere(*arguments: str, data: Path, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "cli", *arguments],
        env=environment(PENCERE_DATA=str(data), **more),
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


class Served:
    """A running `pencere serve`."""

    def __init__(self, process: subprocess.Popen[str], data: Path) -> None:
        self.process, self.data = process, data
        self.said: list[str] = []
        self.address = ""
        self._up = threading.Event()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def wait_until_up(self) -> None:
        """Wait until it has printed its whole greeting; if it ends before, fail with its last output."""
        assert self._up.wait(PATIENCE), self.process.stderr and self.process.stderr.read()
        assert self.address, self.process.stderr and self.process.stderr.read()

    def get(self, path: str, token: str | None = None, **headers: str) -> httpx2.Response:
        """Send a GET request."""
        return httpx2.get(f"{self.address}{path}", headers={**self._bearer(token), **headers}, timeout=30)

    def post(self, path: str, body: Any, token: str | None = None, **headers: str) -> httpx2.Response:
        """Send a POST request."""
        sent = {**self._bearer(token), **headers}
        return httpx2.post(f"{self.address}{path}", json=body, headers=sent, timeout=30)

    def put(self, path: str, body: Any, token: str | None = None) -> httpx2.Response:
        """Send a PUT request."""
        return httpx2.put(f"{self.address}{path}", json=body, headers=self._bearer(token), timeout=30)

    def token(self, role: str, subject: str, *more: str) -> str:
        """Return a token as the command prints it."""
        return pencere("token", "--role", role, "--subject", subject, *more, data=self.data).stdout.strip()

    def rests(self) -> bool:
        """Return whether the demonstration is over: everybody was drawn for, and the officials have done their part."""
        mine = self.get("/v1/my/cases", self.token("citizen", "leyla")).json()["items"]
        desks = self.get("/v1/draws/desks").json()["items"]
        versions = {item["service"]: item["version"] for item in mine}
        return sum(desk["drawn"] for desk in desks) == 4 and versions == {"building-permit": 6, "child-benefit": 7}

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """End it as Ctrl-C does, or by another signal; return its status."""
        self.process.send_signal(how)
        return self.process.wait(PATIENCE)

    def end(self) -> None:
        """Stop it if it still runs, whatever it takes."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self._listener.join()

    @staticmethod
    def _bearer(token: str | None) -> dict[str, str]:
        return {"Authorization": f"Bearer {token}"} if token else {}

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip("\n"))
            if found := re.search(r"serves at (http://\S+)", line):
                self.address = found[1]
            if line.startswith("Ctrl-C stops it"):
                self._up.set()
        self._up.set()


@contextmanager
def serving(
    data: Path, *arguments: str, launcher: Sequence[str] = (sys.executable, "-m", "cli", "serve"), **more: str
) -> Iterator[Served]:
    """Run `pencere serve` on a free port."""
    command = [*launcher, "--port", "0", *arguments]
    settings = environment(PENCERE_DATA=str(data), **more)
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=settings, cwd=ROOT, stdout=pipe, stderr=pipe, text=True) as process:
        served = Served(process, data)
        try:
            served.wait_until_up()
            yield served
        finally:
            served.end()


def children_of(pid: int, *words: str) -> list[int]:
    """Return our processes that a process has started from any of its threads, or only those with a name."""
    lists = [task.read_text() for task in Path(f"/proc/{pid}/task").glob("*/children")]
    return [child for text in lists for child in map(int, text.split()) if _runs(child, words or ("-m",))]


def parts_of(pid: int, *more: Sequence[str]) -> list[int]:
    """Return the processes beside a window, once each of them runs: until then one may be a fork of the window itself.

    A fork that a test stops keeps the window's lines open, and nobody knows of it.
    """
    parts = (*PARTS, *more)
    until(lambda: all(len(children_of(pid, *words)) == 1 for words in parts), PATIENCE)
    found = children_of(pid)
    assert len(found) == len(parts)
    return found


def processes_with(text: str) -> list[int]:
    """Return the processes of this machine that run and whose command has this text."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            continue
        if text in command and is_alive(int(process.name)):
            found.append(int(process.name))
    return found


def is_alive(pid: int) -> bool:
    """Return whether the process runs. A zombie that its parent has not collected has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _runs(pid: int, words: Sequence[str]) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except (FileNotFoundError, ProcessLookupError):  # the process has ended meanwhile
        return False
    return any(command[at : at + len(words)] == [*words] for at in range(len(command)))


def summary_of(ended: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """Return the JSON object that a command has printed."""
    assert ended.returncode == 0, (ended.returncode, ended.stderr)
    summary: dict[str, Any] = json.loads(ended.stdout)
    return summary
