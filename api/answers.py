"""Writes answers: the bytes as they are, with their headers."""

from collections.abc import Mapping

from fastapi import Response

from api.preconditions import etag

JSON = "application/json"


def json_answer(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return an answer with a body that is JSON already."""
    return Response(body, status, headers, JSON)


def public_answer(body: bytes, headers: Mapping[str, str] | None = None) -> Response:
    """Return an answer that anybody may see. Caches must revalidate it before they use it."""
    return Response(body, 200, {"Cache-Control": "no-cache", **(headers or {})}, JSON)


def case_headers(version: int, position: int | None = None) -> dict[str, str]:
    """Return the headers of an answer with a case: its version, and the ledger's position after a write."""
    headers = {"ETag": etag(version)}
    if position is not None:
        headers["Position-Token"] = str(position)
    return headers
