"""Takes out of a timeline the words of messages that a side of the case is not shown, or not yet."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import orjson

from domain.case.message_events import ContactReported, MessageSent, MessageTakenBack, Side
from projections.case_history.types import HistoryRow

_ABOUT_MESSAGES: Final = tuple(f'"{kind.topic}"'.encode() for kind in (MessageSent, MessageTakenBack, ContactReported))


def without_unshown(rows: Sequence[HistoryRow], side: Side, now: datetime) -> list[HistoryRow]:
    """Return the timeline without the words of the other side that this side is not shown at that time.

    These are messages within the time in which they can be taken back, those that were taken back, and what the other
    side has said in reporting a contact. The rows must be all that there are: a later one may take a message back.
    """
    entries = {
        place: orjson.loads(row.entry)
        for place, row in enumerate(rows)
        if any(topic in row.entry for topic in _ABOUT_MESSAGES)
    }
    taken_back = {entry["data"]["number"] for entry in entries.values() if entry["type"] == MessageTakenBack.topic}
    hidden = {
        place
        for place, entry in entries.items()
        if entry["data"].get("side", side) != side and not _is_shown(entry, taken_back, now)
    }
    return [row._replace(sealed=b"") if place in hidden else row for place, row in enumerate(rows)]


def _is_shown(entry: dict[str, Any], taken_back: set[int], now: datetime) -> bool:
    data = entry["data"]
    if entry["type"] != MessageSent.topic:
        return False
    return data["number"] not in taken_back and datetime.fromisoformat(data["shown_from"]) <= now
