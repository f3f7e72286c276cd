"""What an event claims about a case: that it existed before, whose it is, and how it began.

Many claims are checked together.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias
from uuid import UUID

import orjson

from domain.draw.seed import NO_NONCE
from ledger.audit.findings import Finding
from ledger.store.entries import StoredEntry
from ledger.store.entry_hash import entry_of

SUBMITTED: Final = "case.submitted"
_MOVED, _ASSIGNED = "case.moved", "case.assigned"
ReadStream: TypeAlias = Callable[[UUID], Sequence[StoredEntry]]


class Beginning(NamedTuple):
    """What a draw has taken from its case: the submission's entry and nonce, in hexadecimal digits, and earlier draws.

    `redraw` is how many officials it says that the case has had.
    """

    entry: str
    nonce: str
    redraw: int


class Claim(NamedTuple):
    """The claim that an agency's case existed before a position; the agency is None for what auditors do.

    `begun` is what a draw says about the submission; None for everything else.
    """

    case_id: UUID
    position: int
    agency: str | None
    begun: Beginning | None = None


def unfounded(
    claims: Sequence[Claim], submissions: Mapping[UUID, StoredEntry], read_stream: ReadStream
) -> Iterator[Finding]:
    """Return what is about a case that did not exist, or says something else about it than its events do.

    Args:
        claims: what is claimed.
        submissions: the first entries of the cases that there are.
        read_stream: returns all of a case's entries. Only a claim of another agency than the submission's needs them.
    """
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
            before = [entry for entry in read_stream(case_id) if (entry.position or position) < position]
            if agency not in [_data_of(entry).get("agency") for entry in before if entry.topic == _MOVED]:
                yield Finding("legality", position, "it is told to another agency than the case's")
            elif begun is not None and begun.redraw != sum(entry.topic == _ASSIGNED for entry in before):
                yield Finding("legality", position, "it counts other draws than the case has had before")
        if begun is not None and begun.entry != entry_of(first).hex():
            yield Finding("legality", position, "its case_entry is not that of the submission")
        if begun is not None and begun.nonce != (said.get("nonce") or NO_NONCE.hex()):
            yield Finding("legality", position, "its nonce is not that of the submission")


def _data_of(entry: StoredEntry) -> dict[str, Any]:
    """Return the open fields; none when they cannot be read, which is reported where the case itself is judged."""
    try:
        data: dict[str, Any] = orjson.loads(entry.open)["data"]
        return data if isinstance(data, dict) else {}
    except (ValueError, KeyError, TypeError):
        return {}
