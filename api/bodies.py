"""Reads a request's body: JSON of the route's type. A refusal names the field and the rule.

Every route gets its body through `read_body`, so that none can wait without a limit or serve a token that has expired
while the body came.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Generic, NamedTuple, TypeVar

import orjson
from fastapi import Request
from pydantic import ValidationError

from api.calls import Call
from api.json_text import DEEPEST, holds_half_a_pair, is_too_deep, told, unfit_text
from api.preconditions import canonical
from api.refusals import (
    BadRequestError,
    BodyNotInTimeError,
    BodyTooLargeError,
    Invalid,
    UnsupportedMediaTypeError,
    check_not_expired,
)
from application.request_document import RequestDocument
from domain.text import TextCanBeStored

MOST_BYTES = 1 << 20
Body = TypeVar("Body", bound=RequestDocument)

# Only these messages of pydantic are passed on, as none of them repeats what was sent.
_PLAIN_MESSAGES = frozenset(
    {
        "bool_type",
        "dict_type",
        "enum",
        "extra_forbidden",
        "float_type",
        "greater_than",
        "greater_than_equal",
        "int_parsing",
        "int_type",
        "less_than",
        "less_than_equal",
        "list_type",
        "literal_error",
        "missing",
        "model_type",
        "string_pattern_mismatch",
        "string_too_long",
        "string_too_short",
        "string_type",
        "too_long",
        "too_short",
        "tuple_type",
        "value_error",  # our own validators, which state the rule
    }
)


class Read(NamedTuple, Generic[Body]):
    """A body as its type, and as it was sent, only parsed."""

    document: Body
    sent: object


async def read_body(call: Call, kind: type[Body]) -> Read[Body]:
    """Return the request's body, if the caller's token is still valid when all of it has come.

    Raises:
        BodyNotInTimeError: it has not come whole in time.
        BodyTooLargeError: it has more than MOST_BYTES.
        TokenRefusedError: the token has expired since the request began.
        UnsupportedMediaTypeError, BadRequestError: see `document_of`.
    """
    raw = await read_raw(call.request, call.services.body_within, MOST_BYTES)
    # The sender chooses when the last byte comes; so far nothing has been done but checks.
    check_not_expired(call.caller, call.services.window.clock())
    return document_of(raw, call.request.headers.get("content-type", ""), kind)


async def read_raw(request: Request, seconds: float, most: int) -> bytes:
    """Return the bytes of a body of at most so many, if all of them come within so many seconds.

    Raises:
        BodyNotInTimeError, BodyTooLargeError: they do not.
    """
    try:
        async with asyncio.timeout(seconds):
            return await _raw(request, most)
    except TimeoutError:
        raise BodyNotInTimeError(seconds) from None


def document_of(raw: bytes, media_type: str, kind: type[Body]) -> Read[Body]:
    """Return the body that these bytes are.

    Raises:
        UnsupportedMediaTypeError: its content type is not JSON.
        BadRequestError: it is not JSON, is nested too deep, holds a text that is not accepted, or is not of the type.
    """
    if raw and media_type.partition(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaTypeError
    sent = _parsed(raw)
    return Read(_typed(kind, sent), sent)


def _typed(kind: type[Body], sent: object) -> Body:
    """Return the document as the route's type; members have the declared names alone, at whatever depth."""
    with suppress(ValidationError):
        return kind.model_validate(sent, by_alias=True, by_name=False)
    try:  # again as JSON, so that a refusal speaks of arrays and objects and not of our tuples and dictionaries
        return kind.model_validate_json(canonical(sent), by_alias=True, by_name=False)
    except ValidationError as error:
        problems = explain(error.errors(include_url=False, include_context=False, include_input=False))
    raise BadRequestError("request-follows-its-schema", "The body does not follow its schema.", None, problems)


def _parsed(raw: bytes) -> object:
    """Return the parsed document, after checks that make it safe to walk through."""
    if is_too_deep(raw):
        detail = f"Arrays and objects of a body stand in one another at most {DEEPEST} deep."
        raise BadRequestError("body-not-too-deep", detail)
    try:
        document: object = orjson.loads(raw or b"{}")
    except orjson.JSONDecodeError:
        if holds_half_a_pair(raw):
            raise BadRequestError(TextCanBeStored.rule, TextCanBeStored().detail) from None
        raise BadRequestError("body-is-json", "The body is not JSON.") from None  # no cause: it has the body
    # In JSON, a text that is not accepted always has an escape.
    if b"\\" in raw and (unfit := unfit_text(document)) is not None:
        raise BadRequestError(unfit.rule, unfit.detail, unfit.field or None)
    return document


async def _raw(request: Request, most: int) -> bytes:
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > most:
        raise BodyTooLargeError
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > most:
            raise BodyTooLargeError
    return bytes(raw)


def explain(errors: Sequence[Any]) -> list[Invalid]:
    """Return pydantic's errors with nothing of what was sent except the names of members."""
    return [
        Invalid(
            ".".join(told(str(part)) for part in error["loc"] if part not in ("body", "query", "path", "header")),
            error["type"].replace("_", "-"),
            error["msg"] if error["type"] in _PLAIN_MESSAGES else "This is not valid here.",
        )
        for error in errors
    ]
