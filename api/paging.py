"""Keyset paging: opaque cursors, `limit`, and `Link: rel="next"` (RFC 8288)."""

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import urlencode

from fastapi import Request

from api.refusals import BadRequestError

DEFAULT_LIMIT = 50
MOST = 500


def encoded(key: str) -> str:
    """Return the cursor for the key of the last item of a page."""
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def decoded(cursor: str | None) -> str | None:
    """Return the key that a cursor stands for.

    Raises:
        BadRequestError: it is not one of our cursors.
    """
    if cursor is None:
        return None
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        raise not_a_cursor() from None


def not_a_cursor() -> BadRequestError:
    """Return the refusal of a cursor that no page of ours has given."""
    return BadRequestError("cursor-is-from-a-page", "The cursor is not one that a page has given.", "cursor")


def next_link(request: Request, changed: Mapping[str, str]) -> dict[str, str]:
    """Return the Link header to the next page: this address with some of its query changed."""
    query = {**request.query_params, **changed}
    return {"Link": f'<{request.url.path}?{urlencode(query)}>; rel="next"'}
