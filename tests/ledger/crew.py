"""A crew of appending processes that a test may kill, stop and replace, and a process that follows the ledger."""

import json
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.ledger.history import History
from tests.ledger.journal import LaneState, Orders, from_line, new_nonce
from tests.ledger.processes import end, running, start

_LANES = ("own-1", "own-2", "shared-1", "shared-2", "common-1", "common-2")


class Writer:
    """A place in the crew: its lanes, and the process that works on them now."""

    def __init__(self, number: int, shared: list[str]) -> None:
        self.number, self.stopped = number, False
        self.streams = {f"{lane}-{number}": new_nonce() for lane in _LANES}
        for name, stream in zip((name for name in self.streams if name.startswith("shared")), shared, strict=True):
            self.streams[name] = stream
        self.process: subprocess.Popen[bytes]
        self.unread = b""


class Crew:
    """Eight writers, or the given number. Their reports go into the history.

    Args:
        url: the database, as the writer role.
        seed: the seed of the writers' choices.
        writers: how many writers.
    """

    def __init__(self, url: str, seed: int, writers: int = 8) -> None:
        self.history = History()
        self._url, self._seed = url, seed
        shared = [new_nonce(), new_nonce()]
        self.writers = [Writer(number, shared) for number in range(writers)]
        self._pipes = selectors.DefaultSelector()

    @contextmanager
    def at_work(self) -> Iterator["Crew"]:
        """Let every writer append until the end of the block, and then until each lane has its answer."""
        try:
            for writer in self.writers:
                self._start(writer)
            yield self
            self._finish()
        finally:
            for writer in self.writers:
                end(writer.process)

    def listen(self, until: Callable[[], bool], within: float = 60) -> None:
        """Read the writers' reports until the condition holds.

        Raises:
            TimeoutError: it does not hold within so many seconds.
            ChildProcessError: a writer has died.
        """
        give_up_at = time.monotonic() + within
        while not until():
            if time.monotonic() > give_up_at:
                raise TimeoutError(f"the writers have not come that far in {within} s: {self.history.counts}")
            for key, _ in self._pipes.select(timeout=1):
                if not self._hear(key.data):
                    raise ChildProcessError(f"writer {key.data.number} has ended by itself")

    def more(self, count: int, within: float = 60) -> None:
        """Read the writers' reports until so many more requests are acknowledged."""
        wanted = self.history.acknowledged() + count
        self.listen(lambda: self.history.acknowledged() >= wanted, within)

    def kill(self, writer: Writer) -> None:
        """`kill -9` the writer's process and let a new one go on with its lanes."""
        writer.process.kill()
        self._hear_out(writer)
        assert end(writer.process) == -signal.SIGKILL
        self._start(writer)

    def stop(self, writer: Writer) -> None:
        """Stop the writer's process, and read its reports until then."""
        writer.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, writer.process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        os.set_blocking(self._pipe(writer), False)
        while self._hear(writer):
            pass
        os.set_blocking(self._pipe(writer), True)
        self._pipes.unregister(self._pipe(writer))
        writer.stopped = True

    def go_on(self, writer: Writer) -> None:
        """Let a stopped writer go on."""
        self._pipes.register(self._pipe(writer), selectors.EVENT_READ, writer)
        writer.process.send_signal(signal.SIGCONT)
        writer.stopped = False

    def _start(self, writer: Writer) -> None:
        lanes: list[LaneState] = [self.history.state(name, stream) for name, stream in writer.streams.items()]
        writer.process = start("tests.ledger.appender", json.dumps(Orders(self._url, str(self._seed), lanes)))
        self._pipes.register(self._pipe(writer), selectors.EVENT_READ, writer)

    def _finish(self) -> None:
        for writer in self.writers:
            assert writer.process.stdin
            writer.process.stdin.close()
        for writer in self.writers:
            self._hear_out(writer)
            assert writer.process.wait() == 0

    def _pipe(self, writer: Writer) -> int:
        assert writer.process.stdout
        return writer.process.stdout.fileno()

    def _hear(self, writer: Writer) -> bool:
        try:
            heard = os.read(self._pipe(writer), 1 << 16)
        except BlockingIOError:
            return False
        *lines, writer.unread = (writer.unread + heard).split(b"\n")
        for line in lines:
            self.history.take(from_line(line))
        return bool(heard)

    def _hear_out(self, writer: Writer) -> None:
        while self._hear(writer):
            pass
        assert writer.unread == b""
        self._pipes.unregister(self._pipe(writer))


class Tail:
    """The process that follows the ledger."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def read_to(self, position: int) -> str:
        """Wait until it has reached the position; return the digest of everything that it has read."""
        said, _ = self._process.communicate(f"{position}\n".encode(), timeout=60)
        assert self._process.returncode == 0, "it has met a hole"
        read, digest = said.split()
        assert int(read) == position
        return digest.decode()


@contextmanager
def tailing(url: str) -> Iterator[Tail]:
    """Let a process follow the ledger while the block runs."""
    with running("tests.ledger.tailer", url) as process:
        yield Tail(process)
