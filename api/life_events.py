"""Life events: asking for several services at once, and following their cases together. Only the vault knows them."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.answers import json_answer
from api.bodies import read_body
from api.calls import Call, JsonCall
from api.cases import CHANNEL
from api.documentation import NEEDED_IDEMPOTENCY_KEY, described, header
from api.languages import preferred_language
from api.life_event_document import LifeEventDocument, LifeEventsPage, written_life_event
from api.paging import Cursor, life_event_of, paged
from api.preconditions import needed_idempotency
from application.access.authorisation import Action, authorise
from application.life_events.reading import LifeEvent, as_it_stands, own_life_event
from application.life_events.requests import LifeEventRequest
from application.life_events.submission import submit_life_event

router = APIRouter(prefix="/v1", tags=["cases"])

_FEW = 20
_MOST = 100
_ROUNDS = 10
_LANGUAGE = header("Accept-Language", "Picks one of each service's languages when the body names none.")
FewAtOnce = Annotated[int, Query(ge=1, le=_MOST)]


@router.post(
    "/life-events",
    **described(
        "Submit a request for a life event",
        Action.SUBMIT,
        status=201,
        gives=LifeEventDocument,
        takes=LifeEventRequest,
        headers=(NEEDED_IDEMPOTENCY_KEY, _LANGUAGE),
        refuses=(422,),
    ),
)
async def submit_life_event_request(call: JsonCall) -> Response:
    """Submit a request for each service that the life event opens, or for none if one of them is refused.

    Each becomes a case. A repeat with the same Idempotency-Key stores what a crash has left out, and nothing twice.
    """
    request, caller, services = call
    authorise(caller, Action.SUBMIT)
    asked, sent = await read_body(call, LifeEventRequest)
    known_by = needed_idempotency(request, sent)
    languages = await _preferred_languages(call, asked)
    submitted = await submit_life_event(services.window, caller, asked, CHANNEL, known_by, languages)
    headers = {
        "Location": f"/v1/my/life-events/{submitted.life_event}",
        "Position-Token": str(submitted.position),
    }
    return json_answer(written_life_event(submitted), 201, headers)


@router.get("/my/life-events", **described("List one's own life events", Action.LIST_OWN_CASES, gives=LifeEventsPage))
async def list_own_life_events(call: JsonCall, cursor: Cursor = None, limit: FewAtOnce = _FEW) -> Response:
    """List the caller's own life events, the newest first. They are read from the ledger, as it is now."""
    authorise(call.caller, Action.LIST_OWN_CASES)
    found, last = await _page(call, life_event_of(cursor), limit)
    body, link = paged(call.request, map(written_life_event, found), last.hex if last else None)
    return json_answer(body, 200, link)


@router.get(
    "/my/life-events/{life_event_id}",
    **described("Read one's own life event", Action.LIST_OWN_CASES, gives=LifeEventDocument, refuses=(404,)),
)
async def read_own_life_event(life_event_id: UUID, call: JsonCall) -> Response:
    """Read where a life event stands, and its cases. Somebody else's is answered like one that does not exist."""
    found = await own_life_event(call.services.window, call.caller, life_event_id)
    return json_answer(written_life_event(found))


async def _preferred_languages(call: Call, asked: LifeEventRequest) -> dict[str, str]:
    """Return service -> the one of its languages that the caller likes best, where there is one."""
    wanted = call.request.headers.get("accept-language")
    if not wanted:
        return {}
    catalogue = call.services.window.catalogue
    preferred = {slug: preferred_language(wanted, (await catalogue.service(slug)).state) for slug in asked.parts}
    return {slug: language for slug, language in preferred.items() if language}


async def _page(call: Call, before: UUID | None, limit: int) -> tuple[Sequence[LifeEvent], UUID | None]:
    """Return the next life events, and the one below which the next page begins; None when there are no more.

    One of which no case was ever submitted is left out, so the next takes its place.
    """
    caller, window = call.caller, call.services.window
    found: list[LifeEvent] = []
    for _ in range(_ROUNDS):
        wanted = limit - len(found)
        own = await window.vault.life_events_of(caller.issuer, caller.subject, before, wanted)
        for one in own:  # one after the other: each has several cases to read
            stands = await as_it_stands(window.ledger, one)
            found += [stands] if stands else []
        if len(own) < wanted:
            return found, None
        before = own[-1].life_event
        if len(found) == limit:
            break
    return found, before
