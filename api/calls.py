"""A call: a request, its caller, and the services behind it. Every route depends on one of the kinds of call."""

from collections.abc import Sequence
from typing import Annotated, Final, NamedTuple

from fastapi import Depends, Request

from api.negotiation import chosen
from api.refusals import NotAcceptableError, TokenRefusedError
from api.services import ApiServices
from application.access.callers import ANYONE, Caller

JSON_LD: Final = "application/ld+json"
TURTLE: Final = "text/turtle"
CSV: Final = "text/csv"
TABLE_FORMS: Final = ("application/json", CSV)
LINKED_DATA_FORMS: Final = ("application/json", JSON_LD, TURTLE)
_SCHEME = "bearer "
_JSON = ("application/json", "application/*", "*/*", "application/problem+json")
_EVENTS = ("text/event-stream", "text/*", "*/*")
_FILE = ("text/plain", "text/*", "*/*", "application/problem+json")


class Call(NamedTuple):
    """A request, its caller, and the services behind it."""

    request: Request
    caller: Caller
    services: ApiServices


class FormedCall(NamedTuple):
    """A call, and which of the offered forms its caller likes best."""

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


async def _linked_data_call(request: Request) -> FormedCall:
    return await _formed(request, LINKED_DATA_FORMS)


async def _table_call(request: Request) -> FormedCall:
    return await _formed(request, TABLE_FORMS)


async def _formed(request: Request, offered: Sequence[str]) -> FormedCall:
    form = chosen(request.headers.getlist("accept"), offered)
    if form is None:
        raise NotAcceptableError(offered)
    services: ApiServices = request.app.state.services
    return FormedCall(Call(request, await _caller(request, services), services), form)


JsonCall = Annotated[Call, Depends(_json_call)]
EventStreamCall = Annotated[Call, Depends(_event_stream_call)]
TableCall = Annotated[FormedCall, Depends(_table_call)]
FileCall = Annotated[Call, Depends(_file_call)]
FormCall = Annotated[FormedCall, Depends(_linked_data_call)]


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
