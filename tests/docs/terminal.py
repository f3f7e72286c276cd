"""A terminal in which a test types the commands of a document."""

import os
import signal
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Self

_PATIENCE = 90


class Terminal:
    """Commands that run in a separate shell. The end of the context sends Ctrl-C.

    Args:
        commands: the commands to type.
        folder: the folder to run them in.
        environment: the shell's environment.
    """

    def __init__(self, commands: str, folder: Path, environment: Mapping[str, str]) -> None:
        self._commands, self._folder, self._environment = commands, folder, environment
        self.said: list[str] = []
        self._heard = threading.Condition()

    def __enter__(self) -> Self:
        self._shell = subprocess.Popen(
            ["sh", "-e", "-c", self._commands],
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._listener = threading.Thread(target=self._listen, name="terminal")
        self._listener.start()
        return self

    def __exit__(self, *_: object) -> None:
        os.killpg(self._shell.pid, signal.SIGINT)
        try:
            self._shell.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(self._shell.pid, signal.SIGKILL)
            raise
        finally:
            self._listener.join()
            assert self._shell.stdout is not None
            self._shell.stdout.close()

    def wait_for(self, words: str) -> None:
        """Wait until a line with these words was printed."""
        with self._heard:
            assert self._heard.wait_for(lambda: self._has(words) or self._has_ended, _PATIENCE), self.said
        assert self._has(words), self.said

    def after(self, line: str) -> str:
        """Return the line after this one."""
        return self.said[self.said.index(line) + 1]

    @property
    def _has_ended(self) -> bool:
        return self._shell.poll() is not None

    def _has(self, words: str) -> bool:
        return any(words in line for line in self.said)

    def _listen(self) -> None:
        assert self._shell.stdout is not None
        for line in self._shell.stdout:
            with self._heard:
                self.said.append(line.rstrip("\n"))
                self._heard.notify_all()
        self._shell.wait()
        with self._heard:
            self._heard.notify_all()


def typed(commands: str, folder: Path, environment: Mapping[str, str]) -> str:
    """Run commands that end by themselves; return their output."""
    ended = subprocess.run(
        ["sh", "-e", "-c", commands],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE,
    )
    assert ended.returncode == 0, f"{commands}: {ended.stderr}"
    return ended.stdout
