"""`asOf`: a view as it was, by what was recorded until then and not by what was said to have happened."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Query

from api.refusals import BadRequestError
from ledger.log import Ledger

AsOf = Annotated[
    str | None,
    Query(
        alias="asOf",
        max_length=40,
        description="A position, an instant (RFC 3339), or a date: the end of that day where the case is decided.",
    ),
]
_POSITION = re.compile(r"[0-9]{1,18}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


async def position_of(given: str, ledger: Ledger, zone: str) -> int:
    """Return the last position that counts: everything up to it was known then.

    Args:
        given: what the caller says.
        ledger: whose positions.
        zone: the time zone in which a date is a day.

    Raises:
        BadRequestError: it is none of the three.
    """
    if _POSITION.fullmatch(given):
        return int(given)
    try:
        instant = _end_of(given, zone) if _DATE.fullmatch(given) else datetime.fromisoformat(given)
    except (ValueError, OverflowError):
        raise _refusal() from None
    if instant.tzinfo is None:
        raise _refusal()
    return await ledger.position_at(instant)


def _end_of(day: str, zone: str) -> datetime:
    """Return the last microsecond of a local day."""
    following = datetime.combine(date.fromisoformat(day) + timedelta(days=1), time.min, ZoneInfo(zone))
    return following.astimezone(UTC) - timedelta(microseconds=1)


def _refusal() -> BadRequestError:
    detail = "asOf is a position, an instant with its offset (RFC 3339), or a date."
    return BadRequestError("as-of-is-a-position-or-a-date", detail, "asOf")
