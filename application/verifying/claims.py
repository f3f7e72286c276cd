"""What an event claims about a case: that it existed before, whose it is, and how it began.

Many claims are checked together.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

import orjson

from domain.draw.seed import NO_NONCE
from ledger.audit.findings import Finding
from ledger.store.entries import StoredEntry
from ledger.store.entry_hash import entry_of

SUBMITTED: Final = "case.submitted"


class Beginning(NamedTuple):
    """What a draw has taken from the submission of its case: its entry and its nonce, in hexadecimal digits."""

    entry: str
    nonce: str


class Claim(NamedTuple):
    """The claim that an agency's case existed before a position; the agency is None for what auditors do.

    `begun` is what a draw says about the submission; None for everything else.
    """

    case_id: UUID
    position: int
    agency: str | None
    begun: Beginning | None = None


def unfounded(claims: Sequence[Claim], submissions: Mapping[UUID, StoredEntry]) -> Iterator[Finding]:
    """Return what is about a case that did not exist, or says something else about it than its submission does."""
    known: dict[UUID, dict[str, Any]] = {}
    for case_id, position, agency, begun in claims:
        first = submissions.get(case_id)
        if first is None or first.position > position or first.topic != SUBMITTED:
            yield Finding("legality", position, "it is about a case that had not been submitted")
            continue
        if case_id not in known:
            known[case_id] = _data_of(first)
        said = known[case_id]
        if agency not in (None, said.get("agency")):
            yield Finding("legality", position, "it is told to another agency than the case's")
        if begun is not None and begun.entry != entry_of(first).hex():
            yield Finding("legality", position, "its case_entry is not that of the submission")
        if begun is not None and begun.nonce != (said.get("nonce") or NO_NONCE.hex()):
            yield Finding("legality", position, "its nonce is not that of the submission")


def _data_of(submission: StoredEntry) -> dict[str, Any]:
    """Return the open fields; none when they cannot be read, which is reported where the case itself is judged."""
    try:
        data: dict[str, Any] = orjson.loads(submission.open)["data"]
        return data if isinstance(data, dict) else {}
    except (ValueError, KeyError, TypeError):
        return {}
