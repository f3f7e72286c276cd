"""The calendars, as of any position, are what the domain makes of their acts up to it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from domain.calendar.events import ActEntered, CalendarOpened
from domain.calendar.state import CalendarState, evolve
from domain.calendar.working_days import EnteredAct, WorkingDays
from projections.calendars.types import ActOfCalendar, Calendar
from projections.views import Views
from tests.domain.town import AT
from tests.projections.calendar_life import CALENDARS
from tests.projections.lived import Lived, Told


def told_of(lived: Lived, position: int) -> Mapping[str, Sequence[Told]]:
    """Return the events of each calendar up to a position, by the calendars' names in their order."""
    found: dict[str, list[Told]] = {}
    for told in lived.told:
        if isinstance(told.event, CalendarOpened | ActEntered) and told.entry.position <= position:
            found.setdefault(told.event.slug, []).append(told)
    return dict(sorted(found.items()))


def state_after(told: Sequence[Told]) -> CalendarState:
    """Return the calendar as the domain knows it."""
    state: CalendarState | None = None
    for each in told:
        state = evolve(state, each.event)
    assert state is not None
    return state


def expected_calendar(told: Sequence[Told]) -> Calendar:
    """Return what the view must say of a calendar."""
    opened = told[0].event
    assert isinstance(opened, CalendarOpened)
    return Calendar(
        slug=opened.slug,
        jurisdiction=opened.jurisdiction,
        territory=opened.territory,
        working_week=opened.working_week,
        version=state_after(told).version,
    )


def expected_acts(told: Sequence[Told]) -> list[ActOfCalendar]:
    """Return the acts of a calendar, each where it became known."""
    acts = state_after(told).acts
    return [
        ActOfCalendar(number=number, position=each.entry.position, act=entered.act, entries=entered.entries)
        for number, (entered, each) in enumerate(zip(acts, told, strict=True), start=1)
    ]


def moments(lived: Lived) -> list[int]:
    """Return the positions right before and at each event of a calendar, and the last of all."""
    last = lived.told[-1].entry.position
    at = [each.entry.position for told in told_of(lived, last).values() for each in told]
    return sorted({0, last, *at, *(position - 1 for position in at)})


def test_a_calendar_has_every_act_that_was_known_at_a_position_and_no_other(lived: Lived) -> None:
    sizes: set[int] = set()

    async def scenario(views: Views) -> None:
        for position in moments(lived):
            expected = told_of(lived, position)
            page = await views.calendars.page(position)
            assert page == [expected_calendar(told) for told in expected.values()]
            for slug in CALENDARS:
                told = expected.get(slug, ())
                found = await views.calendars.calendar(slug, position)
                assert found == (expected_calendar(told) if told else None)
                acts = expected_acts(told) if told else []
                assert await views.calendars.acts(slug, position, limit=1000) == acts
                assert await views.calendars.acts(slug, position, after=2, limit=3) == acts[2:5]
                sizes.add(len(acts))
        assert await views.calendars.calendar("nowhere", 1 << 40) is None

    lived.reads(scenario)
    assert len(sizes) > 10


def test_the_acts_that_the_view_has_make_the_working_days_that_the_domain_knows(lived: Lived) -> None:
    last = lived.told[-1].entry.position
    days = [AT.date() + timedelta(days=each) for each in range(-30, 400)]
    worked: set[bool] = set()

    async def scenario(views: Views) -> None:
        for slug, told in told_of(lived, last).items():
            state = state_after(told)
            for version in range(1, state.version + 1):
                acts = await views.calendars.acts(slug, told[version - 1].entry.position, limit=1000)
                shown, known = WorkingDays([EnteredAct(one.act, one.entries) for one in acts]), state.known_at(version)
                assert [shown.is_working(day) for day in days] == [known.is_working(day) for day in days]
                assert [shown.because_of(day) for day in days] == [known.because_of(day) for day in days]
                assert [shown.counting(day) for day in days] == [known.counting(day) for day in days]
                worked.update(known.is_working(day) for day in days)

    lived.reads(scenario)
    assert worked == {False, True}


def test_calendars_come_in_pages_by_their_names(lived: Lived) -> None:
    last = lived.told[-1].entry.position

    async def scenario(views: Views) -> list[str]:
        names: list[str] = []
        while page := await views.calendars.page(last, after=names[-1] if names else "", limit=1):
            names += [one.slug for one in page]
        return names

    assert lived.reads(scenario) == sorted(CALENDARS)
