"""The HTTP side of the reference resource: a small ASGI application."""

import html
import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any, Final, NamedTuple, TypeAlias
from urllib.parse import parse_qs

from pydantic import ValidationError

from application.evidence.signing import LARGEST_SIGNED, MEDIA_TYPE
from consumers.reference_resource.behaviour import Behaviour
from consumers.reference_resource.kept import Preview
from consumers.reference_resource.resource import Resource
from domain.evidence.faults import NotAcceptedError

_Message: TypeAlias = MutableMapping[str, Any]
_PREVIEW: Final = re.compile(r"/preview/([A-Za-z0-9_-]{43})")
_PAGE: Final = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>What the register would answer</title><h1>What the register would answer</h1>
<dl>{values}</dl>{rest}</html>"""
_ASKING: Final = """<form method="post"><button name="decision" value="agreed">Send it</button>
<button name="decision" value="rejected">Do not send it</button></form>"""
_SAFE: Final = {
    b"content-security-policy": b"default-src 'none'; form-action 'self'; frame-ancestors 'none'",
    b"referrer-policy": b"no-referrer",  # the address itself is the secret
    b"cache-control": b"no-store",
}


class _Answer(NamedTuple):
    """A status, a body and its media type."""

    status: HTTPStatus
    body: bytes = b""
    media_type: str = "text/plain; charset=utf-8"


class _TooLargeError(Exception):
    """The body is larger than any message."""


class HttpDoor:
    """Takes messages at /evidence, shows previews, and lets this machine change the switches at /behaviour.

    Args:
        resource: what answers.
    """

    def __init__(self, resource: Resource) -> None:
        self._resource = resource

    async def __call__(
        self,
        scope: _Message,
        receive: Callable[[], Awaitable[_Message]],
        send: Callable[[_Message], Awaitable[None]],
    ) -> None:
        """Answer one request (ASGI 3)."""
        if scope["type"] != "http":
            return
        try:
            answer = await self._answered(scope, await _body(receive))
        except _TooLargeError:
            answer = _Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, b"The message is too large.")
        headers = {b"content-type": answer.media_type.encode(), b"content-length": b"%d" % len(answer.body), **_SAFE}
        await send({"type": "http.response.start", "status": answer.status, "headers": [*headers.items()]})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answered(self, scope: _Message, body: bytes) -> _Answer:
        method, path = scope["method"], scope["path"]
        if path == "/evidence" and method == "POST":
            return await self._evidence(body)
        if path == "/behaviour" and method in {"GET", "PUT"}:
            return self._behaviour(scope, method, body)
        if (place := _PREVIEW.fullmatch(path)) and method in {"GET", "POST"}:
            return self._preview(place[1], method, body)
        return _Answer(HTTPStatus.NOT_FOUND, b"There is nothing.")

    async def _evidence(self, body: bytes) -> _Answer:
        try:
            said = await self._resource.hear(body)
            now = self._resource.sealed(said.now) if said.now is not None else None
        except NotAcceptedError as error:
            # Nobody known has signed it, so that nobody is told more than the name of the fault.
            return _Answer(HTTPStatus.BAD_REQUEST, f"{error.fault}".encode())
        await self._resource.wait()
        self._resource.say_later(said)
        if now is None:
            return _Answer(HTTPStatus.ACCEPTED)
        return _Answer(HTTPStatus.OK if said.is_final else HTTPStatus.ACCEPTED, now, MEDIA_TYPE)

    def _behaviour(self, scope: _Message, method: str, body: bytes) -> _Answer:
        if not ip_address(scope["client"][0]).is_loopback:
            return _Answer(HTTPStatus.FORBIDDEN, b"Only this machine may.")
        if method == "PUT":
            try:
                self._resource.answering.behaviour = Behaviour.model_validate_json(body)
            except ValidationError as error:
                wrong = ", ".join(".".join(map(str, each["loc"])) for each in error.errors(include_input=False))
                return _Answer(HTTPStatus.BAD_REQUEST, f"No such switch, or not such a value: {wrong}".encode())
        told = self._resource.answering.behaviour.model_dump(mode="json", by_alias=True)
        told |= {"heard": self._resource.heard} if method == "GET" else {}
        return _Answer(HTTPStatus.OK, json.dumps(told).encode(), "application/json")

    def _preview(self, token: str, method: str, body: bytes) -> _Answer:
        kept = self._resource.answering.kept
        preview = kept.preview_at(token)
        if preview is None:
            return _Answer(HTTPStatus.NOT_FOUND, b"There is no such preview.")
        if method == "POST":
            chosen = parse_qs(body.decode("latin-1")).get("decision", [""])[0]
            if chosen not in {"agreed", "rejected"}:
                return _Answer(HTTPStatus.BAD_REQUEST, b"decision is agreed or rejected")
            kept.decide(preview, chosen)
            preview = kept.preview_at(token) or preview
        return _Answer(HTTPStatus.OK, _page(preview).encode(), "text/html; charset=utf-8")


def _page(preview: Preview) -> str:
    values = "".join(f"<dt>{html.escape(element)}<dd>{html.escape(value)}" for element, value in preview.shown.items())
    if preview.decision is None:
        return _PAGE.format(values=values, rest=_ASKING)
    back = f'<p><a href="{html.escape(preview.back_to)}">Back to the window</a>' if preview.back_to else ""
    told = "You have agreed." if preview.decision == "agreed" else "You have not agreed, and nothing is sent."
    return _PAGE.format(values=values, rest=f"<p>{told}{back}")


async def _body(receive: Callable[[], Awaitable[_Message]]) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > LARGEST_SIGNED:
            raise _TooLargeError
        if not message.get("more_body"):  # also when the caller has gone
            return bytes(body)
