"""Takes out of a timeline the openings of identities that its reader is not told of, or not yet."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import orjson

from domain.opening.events import OPENING_EVENTS, OpeningAsked
from projections.case_history.types import HistoryRow

_TOPICS: Final = frozenset(kind.topic for kind in OPENING_EVENTS)
_MARKS: Final = tuple(topic.encode() for topic in _TOPICS)
_NUMBER: Final = "number"


def without_openings(rows: Sequence[HistoryRow]) -> list[HistoryRow]:
    """Return the timeline as everybody but the applicant's side sees it."""
    openings = _openings(rows)
    return [row for place, row in enumerate(rows) if place not in openings]


def without_sealed_openings(rows: Sequence[HistoryRow], now: datetime) -> list[HistoryRow]:
    """Return the timeline as the applicant's side sees it at that time: with every opening whose seal has expired.

    The number of an opening is left out, because it would tell how many others there are. The rows must be all that
    there are: when an opening's seal expires stands in its first event.
    """
    openings = _openings(rows)
    told = {rows[place].stream for place, entry in openings.items() if _has_expired(entry, now)}
    return [
        row._replace(entry=_without_number(openings[place])) if place in openings else row
        for place, row in enumerate(rows)
        if place not in openings or row.stream in told
    ]


def _openings(rows: Sequence[HistoryRow]) -> dict[int, dict[str, Any]]:
    """Return the entries about openings, by their places; few are parsed, since few have such a name in them."""
    named = {
        place: orjson.loads(row.entry) for place, row in enumerate(rows) if any(mark in row.entry for mark in _MARKS)
    }
    return {place: entry for place, entry in named.items() if entry["type"] in _TOPICS}


def _has_expired(entry: dict[str, Any], now: datetime) -> bool:
    return entry["type"] == OpeningAsked.topic and datetime.fromisoformat(entry["data"]["sealed_until"]) <= now


def _without_number(entry: dict[str, Any]) -> bytes:
    data = {name: value for name, value in entry["data"].items() if name != _NUMBER}
    return orjson.dumps(entry | {"data": data})
