"""The calendar of Azerbaijan for the five-day week, act by act, as it became known from 2023 to 2026.

The acts of table C3 in `../shared/DOMAIN.md`. What it does not name (the list of holidays that come every year, the
feasts of 2025) is from the Labour Code, article 105, and from the days that were off; no number of an act that is not
there is made up. The list holds from 2013 on, the years of which a second opinion was asked: as it was then, and with
Victory Day since 2021.
"""

from collections.abc import Sequence
from datetime import date

from domain.calendar.events import ActEntered, CalendarOpened
from domain.calendar.state import CalendarState, evolve
from domain.calendar.values import CountingRules, Effect, Entries, LegalAct, NamedDay, WhyNamed, YearlyDay

NO_NUMBER = "not known"
_CARRIED = (
    *((1, day, "New Year") for day in (1, 2)),
    (3, 8, "Women's Day"),
    *((3, day, "Novruz") for day in range(20, 25)),
    (5, 9, "Victory over Fascism"),
    (5, 28, "Independence Day"),
    (6, 15, "National Salvation"),
    (6, 26, "Armed Forces"),
    (11, 9, "Flag Day"),
    (12, 31, "Solidarity of Azerbaijanis"),
)
CODE = Entries(
    every_year=(
        *(YearlyDay(month=month, day=day, name={"en": name}, carried_over=True) for month, day, name in _CARRIED),
        YearlyDay(month=1, day=20, name={"en": "Day of Mourning"}),
    ),
    rest_days=(6, 7),
    counting=CountingRules(last_day_off="next_working_day"),
    from_day=date(2012, 1, 1),
)
_VICTORY = Entries(
    every_year=(YearlyDay(month=11, day=8, name={"en": "Victory Day"}, carried_over=True),), from_day=date(2021, 1, 1)
)
_BEFORE_VICTORY = date(2020, 12, 31)  # on this day at the latest it was known


def _days(effect: Effect, why: WhyNamed, *days: str) -> tuple[NamedDay, ...]:
    return tuple(NamedDay(day=date.fromisoformat(day), effect=effect, why=why) for day in days)


def _swap(worked: Sequence[str], off: Sequence[str]) -> tuple[NamedDay, ...]:
    return (*_days("working", "swap", *worked), *_days("off", "swap", *off))


ACTS: tuple[tuple[str, str, str, tuple[NamedDay, ...]], ...] = (
    ("early presidential election", NO_NUMBER, "2023-12-07", _days("off", "voting", "2024-02-07")),
    (
        "feasts of 2024",
        NO_NUMBER,
        "2023-12-09",
        (
            *_days("off", "holiday", "2024-04-10", "2024-04-11", "2024-06-16", "2024-06-17"),
            *_days("off", "carried_over", "2024-06-18", "2024-06-19"),
        ),
    ),
    ("swap at New Year", NO_NUMBER, "2023-12-31", _swap(["2023-12-30", "2024-01-07"], ["2024-01-04", "2024-01-05"])),
    ("swap in April 2024", NO_NUMBER, "2024-02-24", _swap(["2024-04-06"], ["2024-04-12"])),
    (
        "swap in November 2024",
        NO_NUMBER,
        "2024-09-18",
        _swap(["2024-11-16", "2024-11-23"], ["2024-11-12", "2024-11-13"]),
    ),
    (
        "swap at New Year 2025",
        NO_NUMBER,
        "2024-11-28",
        _swap(["2024-12-28", "2024-12-29"], ["2024-12-30", "2025-01-03"]),
    ),
    (
        "feasts of 2025",
        NO_NUMBER,
        "2024-12-31",
        (
            *_days("off", "holiday", "2025-03-30", "2025-03-31", "2025-06-06", "2025-06-07"),
            *_days("off", "carried_over", "2025-04-01", "2025-06-09"),
        ),
    ),
    ("municipal elections", NO_NUMBER, "2025-01-15", _days("off", "voting", "2025-01-29")),
    (
        "swap of observed days in March 2025",
        NO_NUMBER,
        "2025-02-15",
        _swap(["2025-03-10", "2025-04-01"], ["2025-03-27", "2025-03-28"]),
    ),
    ("swap in June 2025", NO_NUMBER, "2025-06-17", _swap(["2025-06-21"], ["2025-06-27"])),
    (
        "feasts of 2026",
        "362",
        "2025-12-02",
        (
            *_days("off", "holiday", "2026-03-20", "2026-03-21", "2026-05-27", "2026-05-28"),
            *_days("off", "carried_over", "2026-03-09", "2026-03-25", "2026-03-26", "2026-03-27", "2026-03-30"),
            *_days("off", "carried_over", "2026-05-11", "2026-05-29", "2026-11-10"),
        ),
    ),
)
"""Title, number, day of publication, and the days that it names."""


def code() -> CalendarState:
    """Return the calendar with what comes every year, and no more."""
    opened = CalendarOpened(
        slug="az",
        jurisdiction="az",
        territory=None,
        working_week="five_days",
        act=LegalAct(title={"en": "Labour Code, article 105"}, number="105", published_on=date(1999, 2, 1)),
        entries=CODE,
    )
    return entered(evolve(None, opened), "Victory Day", NO_NUMBER, _BEFORE_VICTORY, _VICTORY)


def calendar(*, before: date = date.max) -> CalendarState:
    """Return the calendar with the acts that were published before a day."""
    state = code()
    for title, number, published, days in ACTS:
        if (on := date.fromisoformat(published)) < before:
            state = entered(state, title, number, on, Entries(days=days, from_day=days[0].day))
    return state


def entered(state: CalendarState, title: str, number: str, published: date, entries: Entries) -> CalendarState:
    """Return the calendar with one more act."""
    act = LegalAct(title={"en": title}, number=number, published_on=published)
    return evolve(state, ActEntered(slug="az", number=state.version + 1, act=act, entries=entries))
