"""Takes out of a timeline what the applicant does not want to be used."""

from collections.abc import Sequence
from typing import Final

import orjson

from projections.case_history.types import HistoryRow

_OBJECTED: Final = b'"case.evidence_objected"'
_ANSWERED: Final = "case.evidence_answered"


def without_objected(rows: Sequence[HistoryRow]) -> list[HistoryRow]:
    """Return the timeline without the sealed part of every answer to which the applicant has objected."""
    if not any(_OBJECTED in row.entry for row in rows):
        return [*rows]
    entries = [orjson.loads(row.entry) for row in rows]
    objected = {entry["data"]["request_id"] for entry in entries if entry["type"] == "case.evidence_objected"}
    return [
        row._replace(sealed=b"") if entry["type"] == _ANSWERED and entry["data"]["request_id"] in objected else row
        for row, entry in zip(rows, entries, strict=True)
    ]
