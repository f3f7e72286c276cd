"""What reading a log yields: traces with their events, and bad traces with the reasons."""

from datetime import datetime
from typing import NamedTuple

from application.xes.assumptions import Assumption


class XesEvent(NamedTuple):
    """One event of a trace; `at` is in UTC, `line` is the line of its tag in the file."""

    name: str
    at: datetime
    resource: str | None
    transition: str | None
    line: int


class Trace(NamedTuple):
    """One trace, its events in the file's order; `ordinal` counts every trace of the file from 1.

    A trace without a name is named by its ordinal: `trace-17`. Names may repeat within a file. All times are in UTC.
    `assumed` lists the assumptions, one entry for each use.
    """

    ordinal: int
    name: str
    line: int
    start: datetime | None
    end: datetime | None
    deadline: datetime | None
    channel: str | None
    events: tuple[XesEvent, ...]
    assumed: tuple[Assumption, ...] = ()


class BadTrace(NamedTuple):
    """A part of the log that cannot be used. `line` is the place of the first reason; each reason names its own.

    For an event outside of any trace the ordinal is 0 and there is no name.
    """

    ordinal: int
    name: str
    line: int
    reasons: tuple[str, ...]


class XesError(Exception):
    """The file is not a readable log; the error says where and why."""

    def __init__(self, line: int, column: int | None, message: str) -> None:
        super().__init__(line, column, message)
        self.line = line
        self.column = column
        self.message = message

    def __str__(self) -> str:
        """Return the message, with the place first."""
        column = "" if self.column is None else f", column {self.column}"
        return f"line {self.line}{column}: {self.message}"
