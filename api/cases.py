"""Submitting, reading and following cases."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import orjson
from fastapi import APIRouter, Response

from api.answers import case_headers, json_answer
from api.as_of import AsOf
from api.bodies import read_body
from api.calls import Call, JsonCall
from api.case_document import CaseDocument, CaseHistoryDocument, written_case
from api.case_right import position_then, reach_submission, reading_of
from api.documentation import FRESHNESS, IDEMPOTENCY_KEY, IF_NONE_MATCH, described, header
from api.freshness import ViewName, catch_up, check_stream_current
from api.languages import preferred_language
from api.preconditions import has_seen, idempotency
from application.access.authorisation import Action, Scope, authorise
from application.access.callers import Role
from application.cases.casework import CaseNotFoundError
from application.cases.reading import Reading, open_entry, read_own
from application.cases.requests import Submission
from application.cases.submission import submit
from domain.case.events import SEALED_ANSWERS
from ledger.store.ledger import LAST
from projections.as_of import then
from projections.case_history.claims import claims_of
from projections.case_history.objected import without_objected
from projections.case_history.openings import without_openings, without_sealed_openings
from projections.case_history.types import HistoryRow
from projections.case_history.unshown import without_unshown
from projections.case_status.queries import status_after
from projections.case_status.types import CaseStatus
from projections.view_type import written_as

router = APIRouter(prefix="/v1", tags=["cases"])

CHANNEL = "internet"
_LANGUAGE = header("Accept-Language", "Picks one of the service's languages when the body names none.")


@router.post(
    "/cases",
    **described(
        "Submit a request for a service",
        Action.SUBMIT,
        status=201,
        gives=CaseDocument,
        takes=Submission,
        headers=(IDEMPOTENCY_KEY, _LANGUAGE),
        refuses=(404, 422),
    ),
)
async def submit_case(call: JsonCall) -> Response:
    """Submit a request. The answer's Location is the case; a repeat with the same Idempotency-Key makes no other."""
    request, caller, services = call
    authorise(caller, Action.SUBMIT)
    submission, sent = await read_body(call, Submission)
    if submission.language is None and (wanted := request.headers.get("accept-language")):
        service = (await services.window.catalogue.service(submission.service)).state
        submission = submission.model_copy(update={"language": preferred_language(wanted, service)})
    written = await submit(services.window, caller, submission, CHANNEL, idempotency(request, sent))
    return json_answer(*written_case(written, 201))


@router.get(
    "/cases/{case_id}",
    **described(
        "Read a case",
        Action.READ_CASE,
        gives=CaseStatus,
        headers=(IF_NONE_MATCH, *FRESHNESS),
        refuses=(404,),
        also={304: "The caller has this version already."},
    ),
)
async def read_case(case_id: UUID, call: JsonCall, as_of: AsOf = None) -> Response:
    """Read where a case stands, or stood. Somebody else's case is answered like one that does not exist."""
    authorise(call.caller, Action.READ_CASE)
    headers = await catch_up(call, "case_status")
    _, status = await reading_of(call, case_id)
    if as_of is not None:
        status = await _status_then(call, status, as_of)
    headers |= case_headers(status.version)
    if has_seen(call.request, status.version):
        return Response(None, 304, headers)
    return json_answer(written_as(status), 200, headers)


@router.get(
    "/cases/{case_id}/history",
    **described(
        "Read the history of a case", Action.READ_CASE, gives=CaseHistoryDocument, headers=FRESHNESS, refuses=(404,)
    ),
)
async def read_history(case_id: UUID, call: JsonCall, as_of: AsOf = None) -> Response:
    """Read what happened to a case, with those sealed parts that the caller may see.

    `claims` says what is confirmed about the applicant, and by whom, without saying what it is.
    """
    authorise(call.caller, Action.READ_CASE)
    is_own = call.caller.role is Role.CITIZEN and as_of is None
    needed: list[ViewName] = ["case_history"] if is_own else ["case_history", "case_status"]
    headers = await catch_up(call, *needed)
    window = call.services.window
    if is_own:
        reading = await read_own(window, call.caller, case_id)
        rows = _told_to(Role.CITIZEN, await _timeline(call, case_id), window.clock())
    else:
        reading, status = await reading_of(call, case_id)
        until = LAST if as_of is None else await position_then(call, status, as_of)
        shown = _visible(await _timeline(call, case_id), reading, case_id)
        shown = _told_to(call.caller.role, shown, window.clock())
        rows = without_objected([row for row in shown if row.position <= until])
    if not rows:
        raise CaseNotFoundError
    items = b",".join([_item(reading, row) for row in rows])
    claims = b",".join([written_as(claim) for claim in claims_of(rows)])
    history = b'{"caseId":"%b","items":[%b],"claims":[%b]}' % (str(case_id).encode(), items, claims)
    return json_answer(history, 200, headers)


async def _timeline(call: Call, case_id: UUID) -> list[HistoryRow]:
    """Return the history of a case that the caller may know of. Wait for the view as `_status` does."""
    history = call.services.views.case_history
    rows = await history.history(case_id)
    if not rows:
        await reach_submission(call, "case_history", case_id)
        rows = await history.history(case_id)
    await check_stream_current(call, "case_history", case_id)
    return rows


async def _status_then(call: Call, status: CaseStatus, as_of: str) -> CaseStatus:
    """Return where the case stood then, folded from its own events."""
    ledger = call.services.window.ledger
    until, _ = await then(as_of, ledger, status.time_zone)
    entries = [entry for entry in await ledger.read_stream(status.case_id) if entry.position <= until]
    stood = status_after(entries)
    if stood is None:
        raise CaseNotFoundError
    return stood


def _told_to(role: Role, rows: Sequence[HistoryRow], now: datetime) -> list[HistoryRow]:
    """Return the part of a timeline that is shown to this role at this time."""
    if role is Role.CITIZEN:
        return without_unshown(without_sealed_openings(rows, now), "applicant", now)
    return without_unshown(without_openings(rows), "official", now)


def _visible(rows: Sequence[HistoryRow], reading: Reading, case_id: UUID) -> list[HistoryRow]:
    """Return the part of a timeline that the reader may see: agencies do not see who looked at a case."""
    if reading.scope in {Scope.OWN, Scope.ALL}:
        return [*rows]
    return [row for row in rows if row.stream == case_id]


def _item(reading: Reading, row: HistoryRow) -> bytes:
    """Return the timeline's ready entry, with the opened fields of its sealed part added."""
    opened = open_entry(reading, row.sealed, row.stream, row.version) if row.sealed else None
    if opened is None or not (opened.fields or opened.erased):
        return row.entry
    answers = {name: value for name, value in opened.fields.items() if name.startswith(SEALED_ANSWERS)}
    words = {name: value for name, value in opened.fields.items() if name not in answers}
    erased = [name.removeprefix(SEALED_ANSWERS) for name in opened.erased]
    entry = row.entry[:-1]
    if answers:  # the entry ends with the open answers
        by_element = {name.removeprefix(SEALED_ANSWERS): value for name, value in answers.items()}
        comma = b"" if entry.endswith(b"{}") else b","
        entry = b"%b%b%b" % (entry[:-1], comma, orjson.dumps(by_element)[1:])
    return b'%b,"opened":%b,"erased":%b}' % (entry, orjson.dumps(words), orjson.dumps(erased))
