"""What an answer tells: every value of some length in it, but for those that may be equal in two cases, and why."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import httpx2

from application.draws.keepers import OWN

SHORTEST: Final = 6
_NAMED: Final = "agencies, services and desks are named in clear"
_OF_SERVICE: Final = "what the service's version says of all its cases"
_OF_DESK: Final = "of the desk and its keepers, whoever is drawn"
_WORD: Final = "one of the few words of the published language"
_OF_PROBLEM: Final = "the same for everybody who is refused so"
_OF_PROTOCOL: Final = "the protocol's, whatever is answered"
_OF_DAY: Final = "a day or an hour, the same for everybody"
MAY_BE_EQUAL: Final[Mapping[str, str]] = {
    **dict.fromkeys(("agency", "agencies", "service", "desk", "deskId", "desk_id"), _NAMED),
    **dict.fromkeys(("channel", "language", "timeZone", "time_zone", "open", "sealed", "erased", "step"), _OF_SERVICE),
    **dict.fromkeys(("proved", "elements"), "elements by their names, as the service asks or the login proves them"),
    **dict.fromkeys(("log", "keeper", "revealed"), _OF_DESK),
    **dict.fromkeys(("type", "kind", "role", "rule", "why", "party", "stage", "outcome", "origin", "side"), _WORD),
    **dict.fromkeys(("title", "detail", "field", "www-authenticate"), _OF_PROBLEM),
    **dict.fromkeys(("content-type", "content-length", "cache-control", "preference-applied"), _OF_PROTOCOL),
    **dict.fromkeys(("x-content-type-options", "strict-transport-security", "referrer-policy"), _OF_PROTOCOL),
    **dict.fromkeys(("datacontenttype", "source", "ce_source", "ce_type", "user-agent"), _OF_PROTOCOL),
    **dict.fromkeys(("deadline", "hour"), _OF_DAY),
    **dict.fromkeys(("az", "en", "ru"), "words of the catalogue, or on a term: of its days, and acts that all know"),
    **dict.fromkeys(("date", "webhook-timestamp"), "the second in which it is sent"),
}
"""Members and headers -> why their values may be equal in two cases of one person."""
_NOBODYS: Final = frozenset({"00" * 32, hashlib.sha256().hexdigest(), str(OWN)})
"""No nonce, no sealed part, and the window as its own keeper."""
_NAME: Final = re.compile(r"[a-z]+(-[a-z0-9]+)*")  # the pseudonym of an agency, or of a part of the window
_PLACES: Final = frozenset({"position", "submittedPosition"})
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:00:00.000000Z)?")  # or an hour
_ID_OR_INSTANT: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[\d:.]+Z")
_HEX: Final = re.compile(r"[0-9a-f]{16,}")
_BASE64: Final = re.compile(r"(?=[A-Za-z+/_-]*\d)[0-9A-Za-z+/_-]{16,}={0,2}")


def document_of(answer: httpx2.Response) -> Any:
    """Return the body as JSON; of a text all that is JSON in it, and the ids and instants of the rest.

    What else a proof consists of are hashes of the public tree and signatures under it.
    """
    try:
        return json.loads(answer.content)
    except ValueError:
        lines = [line.removeprefix("data: ") for line in answer.text.splitlines()]
        return [_json_of(line) for line in lines if line]


def _json_of(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return _ID_OR_INSTANT.findall(in_clear(line))


def parts_about(document: Any, marks: frozenset[str]) -> Iterator[Any]:
    """Yield the parts of a document that name a case: the items of a page, the lines of a text, or else the whole."""
    if isinstance(document, dict):
        items = document.get("items", [document])
    else:
        items = document if isinstance(document, list) else [document]
    for item in items:
        if any(mark in json.dumps(item) for mark in marks):
            yield item


def values_in(document: Any, member: str = "") -> Iterator[tuple[str, str]]:
    """Yield member and value of everything in a document by which two cases could be joined."""
    if isinstance(document, dict):
        for name, each in document.items():
            yield from ((name, token) for token in _tokens(name))
            yield from values_in(each, name)
    elif isinstance(document, list):
        for each in document:
            yield from values_in(each, member)
    elif member not in MAY_BE_EQUAL:
        yield from ((member, value) for value in _values(member, document) if not _is_nobodys(member, value))


def _values(member: str, value: Any) -> Iterator[str]:
    """Yield a value as a text, if it is long enough, and the ids, hashes, keys and instants in it."""
    if isinstance(value, str) and len(value) >= SHORTEST:
        yield value
        yield from _tokens(value)
    elif member in _PLACES:
        yield f"place {value}"
    elif isinstance(value, int | float) and abs(value) >= 10 ** (SHORTEST - 1):
        yield str(value)


def _tokens(text: str) -> Iterator[str]:
    for each in (_ID_OR_INSTANT, _HEX, _BASE64):
        yield from each.findall(text)


def _is_nobodys(member: str, text: str) -> bool:
    is_name = member == "pseudonym" and _NAME.fullmatch(text) is not None and not any(_tokens(text))
    return is_name or text in _NOBODYS or _DAY.fullmatch(text) is not None


def in_clear(text: str) -> str:
    """Return a text with everything opened that is written as Base64 in it."""
    opened = [text]
    for token in re.findall(r"[0-9A-Za-z+/_-]{16,}={0,2}", text):
        padded = token.rstrip("=").replace("-", "+").replace("_", "/")
        try:
            opened.append(base64.b64decode(padded + "=" * (-len(padded) % 4)).decode("utf-8", "ignore"))
        except ValueError:
            continue
    return "\n".join(opened)
