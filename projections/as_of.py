"""Reads `asOf`: a view as it was then. What counts is when events were recorded, not when they happened."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from domain.values import DIGITS, in_utc
from ledger.store.ledger import Ledger
from projections.instants import instant_at

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_POSITION = re.compile(DIGITS)
LATEST: Final = 2**62
"""A position after every event, and before the end of what has not ended: what is known now."""

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class AsOfUnreadableError(Exception):
    """asOf is a position, an instant with its offset (RFC 3339), or a date."""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)


class Then(NamedTuple):
    """What a caller asks for: at the instant, everything up to the position was known."""

    position: int
    instant: datetime


def now(instant: datetime) -> Then:
    """Return what a caller asks for who wants to know how things are at this instant, by everything that is known."""
    return Then(LATEST, instant)


async def then(given: str, ledger: Ledger, zone: str) -> Then:
    """Return the position and the instant that are meant. A position after the last event means the last event.

    Args:
        given: what the caller has sent.
        ledger: the ledger with the positions.
        zone: the time zone in which a date is a day.

    Raises:
        AsOfUnreadableError: it is neither a position nor an instant nor a date.
    """
    if _POSITION.fullmatch(given):
        position = min(int(given), await ledger.head())
        entries = await ledger.read_at([position])
        return Then(position, instant_at(entries[0].recorded_at) if entries else _EPOCH)
    try:
        instant = _end_of(given, zone) if _DATE.fullmatch(given) else in_utc(datetime.fromisoformat(given))
    except (ValueError, OverflowError):
        raise AsOfUnreadableError from None
    return Then(await ledger.position_at(instant), instant)


def _end_of(day: str, zone: str) -> datetime:
    """Return the last microsecond of a local day."""
    following = datetime.combine(date.fromisoformat(day) + timedelta(days=1), time.min, ZoneInfo(zone))
    return following.astimezone(UTC) - timedelta(microseconds=1)
