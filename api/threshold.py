"""Surrounds every request: adds the headers of every answer, and catches unexpected errors."""

import logging
import secrets
from urllib.parse import unquote_to_bytes

from anyio import BrokenResourceError
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Problem
from application.faults import described
from domain.text import TextCanBeStored

API_VERSION = "1.0.0"
_ALWAYS = (
    (b"api-version", API_VERSION.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"strict-transport-security", b"max-age=31536000"),
)
_UNEXPECTED = "unexpected"
_NOT_TEXT = "Percent-encoded, address and query are UTF-8 without NUL, and a header holds no NUL."
_NO_STORE = (b"cache-control", b"no-store")
_log = logging.getLogger(__name__)


class Threshold:
    """Adds the headers, and turns an unexpected error into a problem that contains only an incident's id.

    The log gets the incident's id with the kind and the place of the error. It gets neither the error's text, which may
    contain what somebody sent, nor the request's address.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def send_on(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                headers = message["headers"] = [*message["headers"], *_ALWAYS]
                if not any(name == b"cache-control" for name, _ in headers):
                    headers.append(_NO_STORE)
            await send(message)

        if (part := _part_that_cannot_be_stored(scope)) is not None:
            scope["app"].state.services.metrics.refused(TextCanBeStored.rule)
            problem = Problem(400, TextCanBeStored.rule, _NOT_TEXT, part)
            await problem.response()(scope, receive, send_on)
            return
        try:
            await self._app(scope, receive, send_on)
        except Exception as error:  # noqa: BLE001 - the last place that can still answer
            if _has_left(error):  # nobody is left to answer, and nothing went wrong here
                return
            incident = secrets.token_hex(8)
            _log.error("incident %s: %s", incident, described(error))
            scope["app"].state.services.metrics.refused(_UNEXPECTED)
            if not has_begun:  # else the answer breaks off, and the reader notices
                problem = Problem(500, _UNEXPECTED, f"Something went wrong on our side. Incident {incident}.")
                await problem.response()(scope, receive, send_on)


def _has_left(error: Exception) -> bool:
    """Return whether the error means only that the client has gone."""
    if isinstance(error, ExceptionGroup):
        return all(map(_has_left, error.exceptions))
    # The framework passes the events of a stream on through a channel, which breaks when whoever reads them has gone.
    return isinstance(error, ClientDisconnect | BrokenResourceError)


def _part_that_cannot_be_stored(scope: Scope) -> str | None:
    """Return which part of the request contains text that a database cannot store; None when there is none."""
    if not _is_text(scope["raw_path"]):
        return "path"
    if not _is_text(scope["query_string"]):
        return "query"
    return next((name.decode("latin-1") for name, value in scope["headers"] if b"\x00" in value), None)


def _is_text(encoded: bytes) -> bool:
    """Return whether this is UTF-8 without NUL after percent-decoding."""
    raw = unquote_to_bytes(encoded)
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return b"\x00" not in raw
