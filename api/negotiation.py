"""Chooses the form of an answer by the Accept header (RFC 9110, section 12.5.1)."""

import re
from collections.abc import Sequence
from typing import Final

_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.?)*+"?', re.DOTALL)  # one that nobody closes ends with the header
_QUALITY: Final = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")
_OF_THE_KIND, _EXACT = 1, 2


def chosen(accepted: Sequence[str], offered: Sequence[str]) -> str | None:
    """Return the offered media type that the caller likes best, of equal ones the first; None when none is accepted.

    Args:
        accepted: the values of all Accept headers; without any, everything is accepted.
        offered: the media types, without parameters.
    """
    if not accepted:
        return offered[0]
    ranges = [_range(one) for one in _QUOTED.sub("", ",".join(accepted)).split(",")]
    best, found = 0.0, None
    for media_type in offered:
        matching = [(how, quality) for name, quality in ranges if (how := _specific(name, media_type)) is not None]
        quality = max(matching)[1] if matching else 0.0
        if quality > best:
            best, found = quality, media_type
    return found


def _range(written: str) -> tuple[str, float]:
    """Return the media range and its quality; a quality that is no number makes the range worth nothing."""
    name, *parameters = (part.strip().lower() for part in written.split(";"))
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            return name, float(value) if _QUALITY.fullmatch(value.strip()) else 0.0
    return name, 1.0


def _specific(name: str, media_type: str) -> int | None:
    """Return how exactly a range names a media type; None when it does not."""
    if name == media_type:
        return _EXACT
    if name == f"{media_type.partition('/')[0]}/*":
        return _OF_THE_KIND
    return 0 if name == "*/*" else None
