"""The result of a check, in words that name the event and the difference."""

from collections.abc import Iterable
from typing import Literal, NamedTuple, TypeAlias

Check: TypeAlias = Literal[
    "head", "position", "time", "leaf", "tile", "tree", "checkpoint", "version", "schema", "legality", "statement"
]
"""The check that has found it; docs/auditor.md says what each check means."""


class Finding(NamedTuple):
    """Something that is not as it should be; `position` is the first event concerned, None when it concerns none."""

    check: Check
    position: int | None
    says: str


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings in the order of their events; those that concern no event come last."""
    return sorted(findings, key=lambda each: (each.position is None, each.position or 0))
