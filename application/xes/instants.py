"""Times as logs write them."""

import re
from datetime import UTC, datetime, timedelta, tzinfo

_END_OF_DAY = re.compile(r"(.*)T24(:?00(?::?00(?:[.,]0+)?)?)(?![:.,\d])(.*)", re.DOTALL)


def read_instant(text: str, zone: tzinfo) -> datetime:
    """Return the instant in UTC of an ISO 8601 date and time; one without an offset is local to `zone`.

    Digits beyond microseconds are cut off, not rounded: an event never moves past the deadline that it met. Of a local
    time that the clocks show twice the first is meant. UTC, because times that share a `ZoneInfo` compare by the
    clock on the wall.

    Raises:
        ValueError: it is no such time; a date alone is none, because no instant can be told from it.
    """
    text = text.strip()
    if "T" not in text and " " not in text:
        raise ValueError("no time of day")
    try:
        try:
            read = datetime.fromisoformat(text)
        except ValueError:
            read = _end_of_day(text)
        return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("outside of the years 1 to 9999") from error


def _end_of_day(text: str) -> datetime:
    """Read 24:00, which XML Schema allows and Python 3.11 does not."""
    if not (found := _END_OF_DAY.fullmatch(text)):
        raise ValueError("not an ISO 8601 date and time")
    day, minutes, offset = found.groups()
    return datetime.fromisoformat(f"{day}T00{minutes}{offset}") + timedelta(days=1)
