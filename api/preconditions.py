"""Reads If-Match, If-None-Match and Idempotency-Key, and writes ETag."""

import re

import orjson
from fastapi import Request

from api.refusals import BadRequestError, PreconditionRequiredError
from application.idempotency import Idempotency

_STRONG_VERSION = re.compile(r'"([1-9][0-9]{0,17})"')
_KEY = re.compile(r'"?([\x21\x23-\x7e]{1,200})"?')
NEVER = -1


def etag(version: int) -> str:
    """Return the strong entity tag of a case's version."""
    return f'"{version}"'


def expected_version(request: Request) -> int:
    """Return the version that If-Match names.

    A tag that no version of a case can have gives `NEVER`, which matches nothing.

    Raises:
        PreconditionRequiredError: there is no If-Match.
        BadRequestError: it is `*` or several tags, which do not say what the caller has seen.
    """
    given = request.headers.get("if-match")
    if given is None:
        raise PreconditionRequiredError("Send If-Match with the ETag of what you change, as you have seen it.")
    if given.strip() == "*" or "," in given:
        raise BadRequestError("if-match-names-one-version", "If-Match must name exactly one version.", "If-Match")
    found = _STRONG_VERSION.fullmatch(given.strip())
    return int(found[1]) if found else NEVER


def has_seen(request: Request, version: int) -> bool:
    """Return whether If-None-Match names the version (by weak comparison, as RFC 9110 requires)."""
    return has_tag(request, etag(version))


def has_tag(request: Request, tag: str) -> bool:
    """Return whether If-None-Match names the entity tag, by weak comparison."""
    given = request.headers.get("if-none-match")
    if given is None:
        return False
    return given.strip() == "*" or tag in {one.strip().removeprefix("W/") for one in given.split(",")}


def idempotency(request: Request, sent: object = None) -> Idempotency | None:
    """Return what makes a repeat of the request known, or None without an Idempotency-Key.

    `sent` is the parsed body; None when the request has none.

    Raises:
        BadRequestError: the key is empty, too long or not plain ASCII.
    """
    given = request.headers.get("idempotency-key")
    if given is None:
        return None
    found = _KEY.fullmatch(given.strip())
    if found is None:
        detail = "An Idempotency-Key has 1 to 200 printable ASCII characters."
        raise BadRequestError("idempotency-key-is-short-text", detail, "Idempotency-Key")
    return Idempotency(f"{request.method} {request.url.path}", found[1], b"" if sent is None else canonical(sent))


def needed_idempotency(request: Request, sent: object) -> Idempotency:
    """Return what makes a repeat of a request known that must not be made without an Idempotency-Key.

    Raises:
        BadRequestError: there is none, or it is not as `idempotency` wants it.
    """
    known_by = idempotency(request, sent)
    if known_by is None:
        detail = "This makes several cases. Send an Idempotency-Key, so that a repeat completes them and makes no more."
        raise BadRequestError("idempotency-key-needed", detail, "Idempotency-Key")
    return known_by


def canonical(document: object) -> bytes:
    """Return the bytes by which repeats are compared. The order of members and white space do not matter."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
