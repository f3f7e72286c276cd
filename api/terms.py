"""The route of a case's term: its last day, and why it is that day."""

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Response

from api.answers import json_answer
from api.as_of import AsOf
from api.calls import JsonCall
from api.case_right import position_then, reading_of
from api.documentation import FRESHNESS, described
from api.freshness import catch_up
from application.access.authorisation import Action, authorise
from application.cases.casework import CaseNotFoundError
from application.cases.terms import TermThen, term_then
from domain.case.deadlines import end_of
from domain.clock.words import in_words, kind_of
from domain.values import Term, rfc3339
from projections.as_of import LATEST
from projections.view_type import ViewType, written_as

router = APIRouter(prefix="/v1/cases/{case_id}", tags=["cases"])


class CauseInWords(ViewType):
    """One reason why the last day is that day: what kind of reason, and a sentence in each language."""

    kind: str
    text: dict[str, str]


class TermDocument(ViewType):
    """The term of a case.

    Attributes:
        began: the local date from which it is counted.
        term: the term of the law; null: there is none.
        last_day: its last local day; null: there is no term, or it is suspended.
        calendar, calendar_version: by which calendar it was counted, and by how many of its acts; null: the days from
            Monday to Friday are worked.
        causes: why it is that day, in the order in which they count.
    """

    case_id: UUID
    began: date
    term: Term | None
    last_day: date | None
    deadline: str | None
    suspended: bool
    calendar: str | None
    calendar_version: int
    causes: list[CauseInWords]


@router.get(
    "/term",
    **described("Read the term of a case", Action.READ_CASE, gives=TermDocument, headers=FRESHNESS, refuses=(404,)),
)
async def read_term(case_id: UUID, call: JsonCall, as_of: AsOf = None) -> Response:
    """Read the last day of a case's term, now or as it was known then, and every cause of it in words."""
    authorise(call.caller, Action.READ_CASE)
    headers = await catch_up(call, "case_status")
    _, status = await reading_of(call, case_id)
    position = LATEST if as_of is None else await position_then(call, status, as_of)
    found = await term_then(call.services.window, case_id, position)
    if found is None:
        raise CaseNotFoundError
    return json_answer(written_as(_document(case_id, found, status.time_zone)), 200, headers)


def _document(case_id: UUID, found: TermThen, time_zone: str) -> TermDocument:
    last = found.last_day
    return TermDocument(
        case_id=case_id,
        began=found.began,
        term=found.term,
        last_day=last,
        deadline=None if last is None else rfc3339(end_of(last, time_zone)),
        suspended=found.is_suspended,
        calendar=found.calendar,
        calendar_version=found.calendar_version,
        causes=[CauseInWords(kind=kind_of(cause), text=dict(in_words(cause))) for cause in found.causes],
    )
