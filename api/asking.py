"""One request with who asks: the one dependency of every route."""

from typing import Annotated, NamedTuple

from fastapi import Depends, Request

from api.refusals import NotAcceptableError, TokenRefusedError
from api.services import ApiServices
from application.callers import ANYONE, Caller

_SCHEME = "bearer "
_JSON = ("application/json", "application/*", "*/*", "application/problem+json")
_EVENTS = ("text/event-stream", "text/*", "*/*")
_FILE = ("text/plain", "text/*", "*/*", "application/problem+json")


class Asking(NamedTuple):
    """A request, who makes it, and what serves it."""

    request: Request
    caller: Caller
    services: ApiServices


async def _asking(request: Request) -> Asking:
    _check_accept(request, _JSON)
    services: ApiServices = request.app.state.services
    return Asking(request, await _caller(request, services), services)


async def _asking_for_events(request: Request) -> Asking:
    _check_accept(request, _EVENTS)
    services: ApiServices = request.app.state.services
    return Asking(request, await _caller(request, services), services)


async def _asking_for_file(request: Request) -> Asking:
    _check_accept(request, _FILE)
    services: ApiServices = request.app.state.services
    return Asking(request, await _caller(request, services), services)


Asked = Annotated[Asking, Depends(_asking)]
AskedForEvents = Annotated[Asking, Depends(_asking_for_events)]
AskedForFile = Annotated[Asking, Depends(_asking_for_file)]


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
