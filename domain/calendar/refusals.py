"""The refusals of a calendar's commands."""

from domain.refusals import InvalidInput, Refusal


class ActEntersNothing(InvalidInput):
    """An act says something of at least one day, of every year, of the week or of the counting."""


class ActNotOfThisCalendar(InvalidInput):
    """Only an act that the calendar has can be ended."""


class CalendarAlreadyOpened(Refusal):
    """There is a calendar of this name already, of another jurisdiction, territory or week."""


class CalendarIncomplete(InvalidInput):
    """The first act says which days of the week are days of rest, and how terms are counted."""


class CalendarUnknown(InvalidInput):
    """There is no calendar of this name."""


class DayNamedTwice(InvalidInput):
    """An act names a day only once."""


class EntryEndsBeforeItBegins(InvalidInput):
    """What an act enters ends on the day on which it begins, or later."""


class NoWorkingDayLeft(InvalidInput):
    """Days of rest and holidays of every year leave days to work in each year: else no term would ever end."""
