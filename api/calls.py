"""A call: a request, its caller, and the services behind it. Every route depends on one of the kinds of call."""

import re
from collections.abc import Sequence
from typing import Annotated, Final, NamedTuple

from fastapi import Depends, Request

from api.negotiation import chosen
from api.refusals import NotAcceptableError, TokenRefusedError
from api.services import ApiServices
from application.access.callers import ANYONE, Caller

JSON_LD: Final = "application/ld+json"
TURTLE: Final = "text/turtle"
LINKED_DATA_FORMS: Final = ("application/json", JSON_LD, TURTLE)
_SCHEME = "bearer "
_JSON = ("application/json", "application/*", "*/*", "application/problem+json")
_EVENTS = ("text/event-stream", "text/*", "*/*")
_QUALITY: Final = re.compile(r"\s*q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*", re.IGNORECASE)
_TABLE = ("application/json", "application/*", "text/csv", "text/*", "*/*", "application/problem+json")
_FILE = ("text/plain", "text/*", "*/*", "application/problem+json")


class Call(NamedTuple):
    """A request, its caller, and the services behind it."""

    request: Request
    caller: Caller
    services: ApiServices


class LinkedDataCall(NamedTuple):
    """A call, and which of the forms of linked data its caller likes best."""

    call: Call
    form: str


async def _json_call(request: Request) -> Call:
    _check_accept(request, _JSON)
    services: ApiServices = request.app.state.services
    return Call(request, await _caller(request, services), services)


async def _event_stream_call(request: Request) -> Call:
    _check_accept(request, _EVENTS)
    services: ApiServices = request.app.state.services
    return Call(request, await _caller(request, services), services)


async def _file_call(request: Request) -> Call:
    _check_accept(request, _FILE)
    services: ApiServices = request.app.state.services
    return Call(request, await _caller(request, services), services)


async def _linked_data_call(request: Request) -> LinkedDataCall:
    form = chosen(request.headers.getlist("accept"), LINKED_DATA_FORMS)
    if form is None:
        raise NotAcceptableError(LINKED_DATA_FORMS)
    services: ApiServices = request.app.state.services
    return LinkedDataCall(Call(request, await _caller(request, services), services), form)
async def _table_call(request: Request) -> Call:
    _check_accept(request, _TABLE)
    services: ApiServices = request.app.state.services
    return Call(request, await _caller(request, services), services)


def preferred(request: Request, served: Sequence[str]) -> str:
    """Return which of these media types the caller prefers; without a preference, the first."""
    asked = request.headers.get("accept", "*/*").lower().split(",")
    ranges = {name.strip(): _quality(parameters) for name, _, parameters in (each.partition(";") for each in asked)}

    def wanted(kind: str) -> float:
        """Return the quality of the narrowest range that has the media type (RFC 9110, 12.5.1)."""
        for name in (kind, f"{kind.partition('/')[0]}/*", "*/*"):
            if name in ranges:
                return ranges[name]
        return 0

    return max(served, key=wanted)


def _quality(parameters: str) -> float:
    found = [match for part in parameters.split(";") if (match := _QUALITY.fullmatch(part))]
    return float(found[-1][1]) if found else 1


JsonCall = Annotated[Call, Depends(_json_call)]
EventStreamCall = Annotated[Call, Depends(_event_stream_call)]
TableCall = Annotated[Call, Depends(_table_call)]
FileCall = Annotated[Call, Depends(_file_call)]
FormCall = Annotated[LinkedDataCall, Depends(_linked_data_call)]


async def _caller(request: Request, services: ApiServices) -> Caller:
    several = request.headers.getlist("authorization")
    if not several:
        return ANYONE
    given = several[0]
    if len(several) > 1 or not given.lower().startswith(_SCHEME):
        raise TokenRefusedError("token-form", "The Authorization header must hold one bearer token.")
    return await services.tokens.verify(given[len(_SCHEME) :].strip())


def _check_accept(request: Request, served: tuple[str, ...]) -> None:
    given = request.headers.get("accept")
    if given is None or "*/*" in given:
        return
    if not any(part.partition(";")[0].strip().lower() in served for part in given.split(",")):
        raise NotAcceptableError
