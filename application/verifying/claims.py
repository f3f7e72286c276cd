"""What an event claims about a case: that it existed before, and whose it is. Many claims are checked together."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

import orjson

from ledger.audit.findings import Finding
from ledger.store.entries import StoredEntry

SUBMITTED: Final = "case.submitted"


class Claim(NamedTuple):
    """The claim that an agency's case existed before a position; the agency is None for an auditor's look."""

    case_id: UUID
    position: int
    agency: str | None


def unfounded(claims: Sequence[Claim], submissions: Mapping[UUID, StoredEntry]) -> Iterator[Finding]:
    """Return the looks whose case did not exist, or that name another agency than the case's."""
    agencies: dict[UUID, str | None] = {}
    for case_id, position, agency in claims:
        first = submissions.get(case_id)
        if first is None or first.position > position or first.topic != SUBMITTED:
            yield Finding("legality", position, "it is a look at a case that had not been submitted")
            continue
        if case_id not in agencies:
            agencies[case_id] = _agency_of(first)
        if agency not in (None, agencies[case_id]):
            yield Finding("legality", position, "it is told to another agency than the case's")


def _agency_of(submission: StoredEntry) -> str | None:
    try:
        return str(orjson.loads(submission.open)["data"]["agency"])
    except (ValueError, KeyError, TypeError):
        return None  # reported where the case itself is judged
