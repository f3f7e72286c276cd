"""Why a term ends on a day: what the function that counts it has found on its way."""

from datetime import date
from typing import NamedTuple, TypeAlias

from domain.calendar.values import LegalAct
from domain.clock.case_clock import Extension, Restart, Suspension
from domain.values import Term


class Began(NamedTuple):
    """From which day the term is counted, and whether that day counts."""

    on: date
    first_day_counted: bool


class Stated(NamedTuple):
    """An imported file had stated the last day."""

    last_day: date


class CountedTo(NamedTuple):
    """So many days were counted, up to this one."""

    term: Term
    last_day: date


class NotWorked(NamedTuple):
    """Days of the term that an act has made days off: they did not count."""

    act: LegalAct
    days: tuple[date, ...]


class Worked(NamedTuple):
    """Days of rest in the term that an act has made working days: they did count."""

    act: LegalAct
    days: tuple[date, ...]


class Shifted(NamedTuple):
    """The last day was a day off, or too few working days were before it: the law moves it on."""

    counted_to: date
    last_day: date


class Moved(NamedTuple):
    """An act that became known after the term had begun has moved the last day."""

    act: LegalAct
    before: date
    after: date


class NotShortened(NamedTuple):
    """An act would have made the running term shorter, and the law does not let it."""

    act: LegalAct
    last_day: date


Cause: TypeAlias = (
    Began | Restart | Stated | CountedTo | NotWorked | Worked | Suspension | Extension | Shifted | Moved | NotShortened
)


class Reckoning(NamedTuple):
    """The last day of a term, and its causes in the order in which they count; no day while the term is suspended."""

    last_day: date | None
    causes: tuple[Cause, ...]
