"""What a check has found, in words that name the event and the difference."""

from collections.abc import Iterable
from typing import Literal, NamedTuple, TypeAlias

Check: TypeAlias = Literal[
    "head", "position", "time", "leaf", "tile", "tree", "checkpoint", "version", "schema", "legality", "statement"
]
"""Which check has found it; docs/auditor.md says what each of them means."""


class Finding(NamedTuple):
    """Something is not as it should be; `position` is the first event that it is about, None when it is about none."""

    check: Check
    position: int | None
    says: str


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings with the first bad event first; those about none come last."""
    return sorted(findings, key=lambda each: (each.position is None, each.position or 0))
