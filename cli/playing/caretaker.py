"""The process that has everything run that the demonstration needs, and that leaves nothing of it behind.

It is a process of its own, which ends when its standard input does: however the demonstration ends, even if it is
killed, its processes end and its folder is deleted. If this process is killed, the kernel tells its children to end,
and the demonstration deletes the folder.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, Final, NamedTuple

from cli.stopping import SERVING_GRACE
from consumers.child_process import die_with_parent
from ledger.embedded.cluster import ClusterError
from ledger.embedded.postgres import discard

PATIENCE: Final = SERVING_GRACE + 5
"""Seconds that everything is given to end."""

ANSWERS_AFTER: Final = 3_000
"""Milliseconds after which the land register answers: long enough to see a case wait for it."""

WENT_WRONG: Final = b"!"
"""What the demonstration says before its end if something went wrong."""
_DYING: Final = 2.0  # seconds that a killed process may take to end, after its connections are lost
_BETWEEN_LOOKS: Final = 0.01
_LAST_LINES: Final = 5
_NOT_OURS: Final = ("PENCERE_", "KAFKA_", "DATABASE_URL", "VAULT_URL")
_HERE: Final = "http://127.0.0.1"


class House(NamedTuple):
    """Where the demonstration's folder is, and the ports on which the window and its registers listen."""

    folder: Path
    window: int
    population: int
    land: int

    @property
    def data(self) -> Path:
        """The window's data folder."""
        return self.folder / "window"

    def address(self, port: int) -> str:
        """Return the address of a port on this machine."""
        return f"{_HERE}:{port}"

    def commands(self) -> Mapping[str, Sequence[str]]:
        """Return name -> command, as an operator would type it, for each process that runs."""
        window = self.address(self.window)
        register = ("reference-resource", "--window", window, "--data", str(self.folder))
        return {
            "the window": ("serve", "--no-demo", "--port", str(self.window), "--data", str(self.data)),
            "the population register": (*register, "--kind", "population", "--port", str(self.population)),
            "the land register": (
                *(*register, "--kind", "land", "--port", str(self.land)),
                *("--switches", f'{{"laterMs": {ANSWERS_AFTER}}}'),
            ),
        }

    def settings(self, outside: Mapping[str, str]) -> Mapping[str, str]:
        """Return the environment of its processes: nobody's settings but the demonstration's own."""
        own = {name: value for name, value in outside.items() if not name.startswith(_NOT_OURS)}
        return {
            **own,
            "PENCERE_PUBLIC_URL": self.address(self.window),  # where registers answer later
            "PENCERE_REACTIONS_EVERY": "0.5",
            # The registers are on this machine, where the window sends nothing unless it is allowed to.
            "PENCERE_WEBHOOK_ALLOW": "127.0.0.1/32",
            "PENCERE_WEBHOOK_PLAIN_HTTP": "yes",
        }

    def delete(self) -> None:
        """Delete the folder, once the databases in it have no user any more.

        Raises:
            ClusterError: they have one after a while, or cannot be stopped.
        """
        discard(self.data, PATIENCE)
        shutil.rmtree(self.folder, ignore_errors=True)


class Caretaker:
    """Has the processes of a house run until it is told that the demonstration is over, or one of them ends.

    Args:
        house: what it takes care of.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._over = threading.Event()
        self._went_wrong = False
        self._running: dict[str, subprocess.Popen[Any]] = {}

    def run(self) -> None:
        """Start everything, wait, and leave nothing behind."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._told_to_end)
        try:
            for name, command in self._house.commands().items():
                self._start(name, command)
            threading.Thread(target=self._listen, name="demonstration", daemon=True).start()
            self._over.wait()
        finally:
            ended_early = self._ended()
            self._end_all()
            for name in ended_early:
                print(f"{name} has ended:\n{self._last_lines(name)}", file=sys.stderr, flush=True)  # noqa: T201 - why
            self._house.delete()

    def _start(self, name: str, command: Sequence[str]) -> None:
        own = os.getpid()

        def begin() -> None:
            die_with_parent()
            if os.getppid() != own:  # we have gone before it has asked
                os._exit(1)

        with self._log(name).open("wb") as log:
            self._running[name] = subprocess.Popen(  # noqa: S603 - our own commands
                [sys.executable, "-m", "cli", *command],
                env=self._house.settings(os.environ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
                preexec_fn=begin,  # noqa: PLW1509 - two system calls, no lock
            )
        threading.Thread(target=self._watch, args=(name,), name=name, daemon=True).start()

    def _watch(self, name: str) -> None:
        self._running[name].wait()
        self._over.set()

    def _listen(self) -> None:
        """Wait for the end of the standard input, which is the end of the demonstration."""
        while said := os.read(0, 1):  # not sys.stdin, whose lock this thread would hold when the program ends
            self._went_wrong = said == WENT_WRONG
        self._over.set()

    def _ended(self) -> Sequence[str]:
        """Return which processes have ended by themselves.

        Whoever loses the window tells us that something went wrong before the window's process has quite ended.
        """
        give_up_at = time.monotonic() + (_DYING if self._went_wrong else 0)
        while True:
            ended = [name for name, process in self._running.items() if _has_ended(process)]
            if ended or time.monotonic() >= give_up_at:
                return ended
            time.sleep(_BETWEEN_LOOKS)  # between two looks: they have no end that one could wait for together

    def _told_to_end(self, _number: int, _frame: FrameType | None) -> None:
        self._over.set()

    def _end_all(self) -> None:
        self._over.set()
        for process in self._running.values():
            process.terminate()
            process.send_signal(signal.SIGCONT)  # also where somebody has stopped it
        give_up_at = time.monotonic() + PATIENCE
        for process in self._running.values():
            try:
                process.wait(max(0.0, give_up_at - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _last_lines(self, name: str) -> str:
        return "\n".join(self._log(name).read_text(errors="replace").splitlines()[-_LAST_LINES:])

    def _log(self, name: str) -> Path:
        return self._house.folder / f"{name.replace(' ', '-')}.log"


def _has_ended(process: subprocess.Popen[Any]) -> bool:
    """Return whether a process has ended; `poll` does not say so while another thread waits for it."""
    try:
        return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True  # the other thread knows it already


def main(folder: str, *ports: str) -> None:
    """Take care of a folder and its processes until the standard input ends."""
    try:
        Caretaker(House(Path(folder), *map(int, ports))).run()
    except (ClusterError, OSError) as error:
        sys.exit(f"pencere: {error}")


if __name__ == "__main__":
    main(*sys.argv[1:])
