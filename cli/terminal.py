"""The command's output: summaries on standard output, everything else on standard error."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_console = Console(stderr=True)


def say(text: str) -> None:
    """Print a text for the person at the terminal; scripts read only standard output."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - the terminal is the point


def summary(values: Mapping[str, object], *, as_json: bool) -> None:
    """Print a command's summary: one JSON object, or one line for each value."""
    text = json.dumps(values, ensure_ascii=False) if as_json else "\n".join(f"{k}: {v}" for k, v in values.items())
    print(text, flush=True)  # noqa: T201 - the command's answer


def fail(reason: str, status: int = 1) -> NoReturn:
    """End the command with a sentence for people and a status."""
    say(f"pencere: {reason}")
    raise typer.Exit(status)


class FileProgress:
    """A bar over the bytes of a file, one for each pass; silent when there is no terminal."""

    def __init__(self, bars: Progress, size: int) -> None:
        self._bars, self._size = bars, size
        self._passes: dict[str, int] = {}

    def __call__(self, name: str, read: int) -> None:
        """Show how much of a pass is finished."""
        if name not in self._passes:
            self._passes[name] = int(self._bars.add_task(name, total=self._size))
        self._bars.update(self._bars.task_ids[self._passes[name]], completed=read)


@contextmanager
def event_progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show progress over events, with an estimate of the remaining time; silent when there is no terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=_console, disable=not _console.is_terminal) as bars:
        task = bars.add_task(what, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


@contextmanager
def file_progress(size: int) -> Iterator[FileProgress]:
    """Show progress over a file of that many bytes."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=_console, disable=not _console.is_terminal) as bars:
        yield FileProgress(bars, size)
