"""The form in which the API answers cases."""

from typing import Any
from uuid import UUID

import orjson

from api.answers import case_headers
from application.cases.casework import Written
from domain.case.deadlines import end_of
from domain.values import rfc3339
from projections.case_history.claims import Claim
from projections.case_history.types import HistoryEntry
from projections.case_status.types import CaseStatus
from projections.view_type import ViewType


class CaseDocument(ViewType):
    """A case as a change has left it: the members of `CaseStatus`, but for the instants that only the view knows.

    `receipt` is where the applicant finds the proof of it: a promise, kept as soon as the log covers `position`.
    """

    case_id: UUID
    reference: str
    service: str
    service_version: int
    agency: str
    desk: str
    stage: str
    step: str | None
    version: int
    position: int
    channel: str
    language: str
    time_zone: str
    applicant: str
    official: str | None
    outcome: str | None
    last_day: str | None
    deadline: str | None
    receipt: str


class HistoryItem(HistoryEntry):
    """An event of the case, with what of it the reader may see.

    `answers` has the answers that are open and those that were opened, by element; `opened` has words. `erased` names
    the elements and words whose key is destroyed, so that nobody can read them any more.
    """

    opened: dict[str, Any] | None = None
    erased: list[str] | None = None


class CaseHistoryDocument(ViewType):
    """The history of a case, oldest event first, and what is confirmed about its applicant."""

    case_id: UUID
    items: list[HistoryItem]
    claims: list[Claim]


class CasesPage(ViewType):
    """Cases, the newest first; `next` is the cursor of the page after this one."""

    items: list[CaseStatus]
    next: str | None


def written_case(written: Written, status: int = 200) -> tuple[bytes, int, dict[str, str]]:
    """Return the body, status and headers of the answer to a change."""
    state = written.state
    document = {
        "caseId": written.case_id,
        "reference": state.reference,
        "service": state.service,
        "serviceVersion": state.service_version,
        "agency": state.agency,
        "desk": state.desk,
        "stage": state.stage,
        "step": state.step,
        "version": written.version,
        "position": written.position,
        "channel": state.channel,
        "language": state.language,
        "timeZone": state.time_zone,
        "applicant": state.applicant,
        "official": state.official,
        "outcome": state.outcome,
        "lastDay": state.last_day,
        "deadline": None if state.last_day is None else rfc3339(end_of(state.last_day, state.time_zone)),
        "receipt": f"/v1/cases/{written.case_id}/receipt?version={written.version}",
    }
    headers = case_headers(written.version, written.position)
    if status == 201:  # noqa: PLR2004 - Created
        headers["Location"] = f"/v1/cases/{written.case_id}"
    return orjson.dumps(document), status, headers
