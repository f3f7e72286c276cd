"""Prints what happens in the demonstration: what is asked in plain English, then the request, then its answer."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, Final

from cli.playing.people import Answer

_WIDTH: Final = 100
_TOLD: Final = (
    *("service", "resource", "elements", "end", "against_resource"),
    *("why", "is_exception", "supplied", "source_version"),
)
"""The members of an event that are printed, in this order."""


class Telling:
    """Prints the scenes on standard output, which holds nothing else."""

    def __init__(self) -> None:
        self.scene = 0

    def begin(self, title: str) -> None:
        """Begin the next scene."""
        self.scene += 1
        self._print("" if self.scene > 1 else None, f"{self.scene}. {title}")

    def says(self, text: str) -> None:
        """Say what is asked, or what is waited for."""
        self._print(*textwrap.wrap(text, _WIDTH, initial_indent="   ", subsequent_indent="   "))

    def shows(self, method: str, path: str, answers: Sequence[Answer]) -> None:
        """Show a request, and its answer or those of several like it; a problem with its detail and its errors."""
        statuses = " ".join(str(answer.status) for answer in answers)
        problem = next((answer for answer in answers if answer.rule), None)
        self._print(f"     {method} {path}: {statuses}{f' {problem.rule}' if problem else ''}")
        if problem is not None:
            self._indented(str(problem.body.get("detail")))
            for error in problem.body.get("errors", ()):
                self._indented(f"- {error['field']}: {error['detail']}")

    def fact(self, **members: Any) -> None:
        """Show members of an answer."""
        self._indented("; ".join(f"{name}: {_written(value)}" for name, value in members.items()))

    def event(self, item: Mapping[str, Any], *members_too: str) -> None:
        """Show an event of a history: when (UTC), what, and who is asked for what; and these members of it."""
        told = {name: value for name, value in item["data"].items() if name in (*_TOLD, *members_too)}
        entry = (item.get("opened") or {}).get("source_entry") or {}
        told |= {name: value for name, value in entry.items() if name in _TOLD} | (item.get("answers") or {})
        members = "; ".join(f"{name}: {_written(told[name])}" for name in sorted(told, key=_place))
        when = item["recordedAt"][11:19]
        self._indented(f"{when} {item['type']}{f' ({members})' if members else ''}")

    def cause(self, sentence: str) -> None:
        """Show one cause of a last day."""
        self._indented(f"- {sentence}")

    def _indented(self, text: str) -> None:
        self._print(*textwrap.wrap(text, _WIDTH, initial_indent=" " * 7, subsequent_indent=" " * 9))

    def _print(self, *lines: str | None) -> None:
        for line in lines:
            if line is not None:
                print(line, flush=True)  # noqa: T201 - the demonstration is what is printed


def _place(name: str) -> tuple[int, str]:
    return (_TOLD.index(name) if name in _TOLD else len(_TOLD), name)


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)
