"""Keyset paging: opaque cursors, `limit`, and `Link: rel="next"` (RFC 8288)."""

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, TypeVar
from urllib.parse import urlencode
from uuid import UUID

import orjson
from fastapi import Query, Request

from api.refusals import BadRequestError
from domain.values import DIGITS, LONGEST_ELEMENT, LONGEST_SLUG, NAME_IN_CLEAR, NAME_OF_ELEMENT

DEFAULT_LIMIT = 50
MOST = 500
_CURSOR = "^[A-Za-z0-9_-]{2,172}$"
_SLUG = re.compile(rf"(?=.{{1,{LONGEST_SLUG}}}\Z){NAME_IN_CLEAR}")
_PLACE = re.compile(rf"[a-z]|[a-z](?=.{{1,{LONGEST_SLUG}}}\Z){NAME_IN_CLEAR.strip('^$')}")
_ELEMENT = re.compile(rf"(?=.{{1,{LONGEST_ELEMENT}}}\Z){NAME_OF_ELEMENT}")
_PAIR = re.compile(rf"(?=[^/]{{1,{LONGEST_SLUG}}}/.{{1,{LONGEST_SLUG}}}\Z){NAME_IN_CLEAR[:-1]}/{NAME_IN_CLEAR[1:]}")
_NUMBER = re.compile(DIGITS)
_CASE = re.compile(r"[0-9a-f]{32}")

_Item = TypeVar("_Item")

Limit = Annotated[int, Query(ge=1, le=MOST)]
Cursor = Annotated[
    str | None,
    Query(description="As `next` of a page before this one gave it.", json_schema_extra={"pattern": _CURSOR}),
]


def encoded(key: str) -> str:
    """Return the cursor for the key of the last item of a page."""
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def slug_of(cursor: str | None) -> str | None:
    """Return the name in a cursor of a page of names; raises what `_decoded` raises."""
    return None if cursor is None else _decoded(cursor, _SLUG)


def element_of(cursor: str | None) -> str | None:
    """Return the name in a cursor of a page of data elements; raises what `_decoded` raises."""
    return None if cursor is None else _decoded(cursor, _ELEMENT)


def pair_of(cursor: str | None) -> tuple[str, str] | None:
    """Return the two names in a cursor of a page of pairs; raises what `_decoded` raises."""
    if cursor is None:
        return None
    first, _, second = _decoded(cursor, _PAIR).partition("/")
    return first, second


def number_of(cursor: str | None) -> int | None:
    """Return the number in a cursor of a page of numbers; raises what `_decoded` raises."""
    return None if cursor is None else int(_decoded(cursor, _NUMBER))


def case_of(cursor: str | None) -> UUID | None:
    """Return the case in a cursor of a page of cases; raises what `_decoded` raises."""
    return None if cursor is None else UUID(hex=_decoded(cursor, _CASE))


def life_event_of(cursor: str | None) -> UUID | None:
    """Return the life event in a cursor of a page of life events; raises what `_decoded` raises."""
    return None if cursor is None else UUID(hex=_decoded(cursor, _CASE))


def place_of(cursor: str | None) -> tuple[str, str] | None:
    """Return the letter of a part and the name in it, from a cursor of a page over several parts.

    The name is empty where the part begins.

    Raises:
        BadRequestError: as `_decoded` raises it.
    """
    return None if cursor is None else ((key := _decoded(cursor, _PLACE))[0], key[1:])


def _decoded(cursor: str, kind: re.Pattern[str]) -> str:
    """Return the key in a cursor.

    Raises:
        BadRequestError: it is not a cursor from a page with such keys.
    """
    try:
        key = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        key = ""
    if not kind.fullmatch(key) or encoded(key) != cursor:
        raise BadRequestError("cursor-is-from-a-page", "The cursor is not one that a page has given.", "cursor")
    return key


def last_of(items: Sequence[_Item], limit: int, key: Callable[[_Item], str]) -> str | None:
    """Return the key of a full page's last item; None if the page is not full, so that no other one follows."""
    return key(items[-1]) if len(items) == limit else None


def paged(request: Request, items: Iterable[bytes], last: str | None) -> tuple[bytes, dict[str, str]]:
    """Return the body of a page of JSON, and its Link header if another page may follow.

    Args:
        request: what was asked.
        items: the JSON of each item.
        last: the key after which the next page begins; None if no other one follows.
    """
    following = None if last is None else encoded(last)
    body = b'{"items":[%b],"next":%b}' % (b",".join(items), orjson.dumps(following))
    return body, link_after(request, last)


def link_after(request: Request, last: str | None) -> dict[str, str]:
    """Return the Link header to the page that begins after a key; nothing if no other page follows."""
    return {} if last is None else next_link(request, {"cursor": encoded(last)})


def next_link(request: Request, changed: Mapping[str, str]) -> dict[str, str]:
    """Return the Link header to the next page: this address with some of its query changed."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in changed]
    query = [*kept, *changed.items()]
    return {"Link": f'<{request.url.path}?{urlencode(query)}>; rel="next"'}
