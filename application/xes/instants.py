"""Reads times as logs write them. Doubtful times are read or refused by stated rules."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, NamedTuple

from application.xes.assumptions import Assumption

_ODD: Final = re.compile(r"[T ]24|60|[.,]\d{7}")
_END_OF_DAY: Final = re.compile(r"(.*[T ])24(:?00(?::?00(?:[.,]0+)?)?)(?![:.,\d])(.*)", re.DOTALL)
_SECOND_60: Final = re.compile(r"(.*[T ]\d\d:?\d\d:?)60(?:[.,]\d+)?(?![:.,\d])(.*)", re.DOTALL)
_LOST_DIGITS: Final = re.compile(r"[.,]\d{6}\d*[1-9]")
_A_DATE_ALONE: Final = re.compile(r"\d{4}-?\d\d(-?\d\d)?(Z|[+-]\d\d:?\d\d)?")
_WIDEST_OFFSET: Final = timedelta(hours=14)  # the limit of XML Schema, which every zone keeps
_LAST_MICROSECOND: Final = timedelta(microseconds=999_999)
_FIRST: Final = datetime(1970, 1, 2, tzinfo=UTC)
_LONGEST_TERM: Final = timedelta(days=36_525)


class Read(NamedTuple):
    """An instant in UTC, and what was assumed to read it."""

    at: datetime
    assumed: tuple[Assumption, ...]


class DoubtfulTimeError(ValueError):
    """A text is not a usable time.

    The reason continues a sentence that begins with the attribute's name. It ends with the rule's name, and never
    repeats the text.
    """

    def __init__(self, reason: str, rule: str) -> None:
        super().__init__(f"{reason} ({rule})")


def read_instant(text: str, zone: tzinfo) -> Read:
    """Return the instant of an ISO 8601 date and time; one without an offset is local to `zone`.

    A local time that the clocks show twice means the first. One that the clocks skip is read with the offset before the
    change (both as in RFC 5545, 3.3.5). 24:00 is midnight of the next day. A leap second becomes the microsecond before
    it, and digits beyond microseconds are cut off, not rounded, so that no event moves past a deadline that it met. The
    result is in UTC, because times with the same `ZoneInfo` are compared by their local clock times.

    Raises:
        DoubtfulTimeError: the text is no such time.
    """
    # RFC 3339 allows small letters.
    text = text.strip().upper()
    if "T" not in text and " " not in text:
        if _A_DATE_ALONE.fullmatch(text):
            raise DoubtfulTimeError("is not a date and time, but a date alone", "no-time-of-day")
        raise _no_time()
    assumed: list[Assumption] = []
    try:
        read = _parse(text, assumed)
        if read.tzinfo is None:
            read = _local(read, zone, assumed)
        elif abs(read.utcoffset() or timedelta()) > _WIDEST_OFFSET:
            raise DoubtfulTimeError("has an offset of more than 14 hours", "offset-too-wide")
        at = read.astimezone(UTC)
        if Assumption.LEAP_SECOND in assumed:
            at = _before_the_leap(at)
    except OverflowError as error:
        raise DoubtfulTimeError("lies outside of the years 1 to 9999", "year-out-of-range") from error
    return Read(at, tuple(assumed))


def check_occurred(at: datetime, now: datetime) -> None:
    """Check that something can have occurred at that time.

    Raises:
        DoubtfulTimeError: it is later than now, or not after the first day of 1970. Programs write that day when they
            know no time, and the time in a case's id counts from it.
    """
    if at > now:
        raise DoubtfulTimeError("lies after this import, so it cannot have happened", "not-happened-yet")
    _check_not_a_placeholder(at)


def check_due(at: datetime, now: datetime) -> None:
    """Check that something can be due at that time.

    Raises:
        DoubtfulTimeError: it is not after the first day of 1970, or further ahead than the longest term that a service
            can have. Programs write the year 9999 when there is no deadline.
    """
    if at - now > _LONGEST_TERM:
        raise DoubtfulTimeError("lies more than 36,525 days after this import", "too-far-ahead")
    _check_not_a_placeholder(at)


def _check_not_a_placeholder(at: datetime) -> None:
    if at < _FIRST:
        raise DoubtfulTimeError("lies before 2 January 1970", "before-1970")


def _no_time() -> DoubtfulTimeError:
    return DoubtfulTimeError("is not a date and time", "not-a-time")


def _parse(text: str, assumed: list[Assumption]) -> datetime:
    day_later = timedelta()
    # The common form is left as it is, because this runs once for each time in a log.
    if _ODD.search(text):
        if found := _END_OF_DAY.fullmatch(text):
            before, minutes, offset = found.groups()
            text, day_later = f"{before}00{minutes}{offset}", timedelta(days=1)
            assumed.append(Assumption.END_OF_DAY)
        elif found := _SECOND_60.fullmatch(text):
            before, offset = found.groups()
            text = f"{before}59{offset}"
            assumed.append(Assumption.LEAP_SECOND)
        elif _LOST_DIGITS.search(text):
            assumed.append(Assumption.DIGITS_CUT_OFF)
    try:
        return datetime.fromisoformat(text) + day_later
    except ValueError as error:
        raise _no_time() from error


def _before_the_leap(at: datetime) -> datetime:
    """Return the last microsecond of that second. Leap seconds come only at the end of a month in UTC."""
    if (at.hour, at.minute) != (23, 59) or (at + timedelta(minutes=1)).day != 1:
        raise DoubtfulTimeError("has a second 60 where there is no leap second", "no-leap-second")
    return at + _LAST_MICROSECOND


def _local(read: datetime, zone: tzinfo, assumed: list[Assumption]) -> datetime:
    """Return a local time in its zone; during a change of the clocks, the offset before it counts."""
    assumed.append(Assumption.NO_OFFSET)
    first = read.replace(tzinfo=zone)
    before, after = first.utcoffset(), first.replace(fold=1).utcoffset()
    if before is not None and after is not None and before != after:
        assumed.append(Assumption.SHOWN_TWICE if before > after else Assumption.NEVER_SHOWN)
    return first
