"""The calendar of the Netherlands by the Algemene termijnenwet, for the years of the permit log and these years."""

from datetime import date, timedelta

from dateutil.easter import easter  # type: ignore[import-untyped] # `holidays` brings it, without types

from domain.calendar.events import CalendarOpened
from domain.calendar.state import CalendarState, evolve
from domain.calendar.values import CountingRules, Entries, LegalAct, NamedDay, YearlyDay

LAW = LegalAct(title={"nl": "Algemene termijnenwet"}, number="BWBR0002448", published_on=date(1964, 7, 25))
SHIFTED = CountingRules(last_day_off="next_working_day")  # article 1 (1)
_EVERY_YEAR = ((1, 1, "Nieuwjaarsdag"), (5, 5, "Bevrijdingsdag"), (12, 25, "Kerstmis"), (12, 26, "Kerstmis"))
_AFTER_EASTER = ((-2, "Goede Vrijdag"), (1, "Pasen"), (39, "Hemelvaartsdag"), (50, "Pinksteren"))
_LAST_QUEENS_DAY = 2013
_SUNDAY = 7


def weeks_only(counting: CountingRules) -> CalendarState:
    """Return a calendar of Saturdays and Sundays."""
    return _opened(Entries(rest_days=(6, 7), counting=counting, from_day=date(1964, 8, 1)))


def dutch(first: int, last: int) -> CalendarState:
    """Return the calendar with the holidays of article 3 of some years."""
    days = [day for year in range(first, last + 1) for day in _movable(year)]
    return _opened(
        Entries(
            days=tuple(NamedDay(day=day, effect="off", why="holiday", name={"nl": name}) for day, name in days),
            every_year=tuple(YearlyDay(month=month, day=day, name={"nl": name}) for month, day, name in _EVERY_YEAR),
            rest_days=(6, 7),
            counting=SHIFTED,
            from_day=date(1964, 8, 1),
        )
    )


def _movable(year: int) -> list[tuple[date, str]]:
    """Return the days about Easter, and the King's or Queen's birthday, which is never kept on a Sunday."""
    king = date(year, 4, 30 if year <= _LAST_QUEENS_DAY else 27)
    if king.isoweekday() == _SUNDAY:
        king -= timedelta(days=1)
    sunday: date = easter(year)
    days = {sunday + timedelta(days=after): name for after, name in _AFTER_EASTER} | {king: "Koningsdag"}
    return list(days.items())


def _opened(entries: Entries) -> CalendarState:
    opened = CalendarOpened(
        slug="nl", jurisdiction="nl", territory=None, working_week="five_days", act=LAW, entries=entries
    )
    return evolve(None, opened)
