"""Calendars that get an act now and then, and agencies that name one, by random numbers of their own."""

from collections.abc import MutableMapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from random import Random
from typing import Final, NamedTuple

from application.identity import agency_stream, calendar_stream
from application.storing import new_events
from domain.agency.commands import NameCalendar
from domain.agency.decisions import decide as decide_agency
from domain.agency.state import AgencyState
from domain.agency.state import evolve as evolve_agency
from domain.calendar.commands import EnterAct, OpenCalendar
from domain.calendar.decisions import decide
from domain.calendar.events import WorkingWeek
from domain.calendar.state import MONDAY_TO_FRIDAY, CalendarState, KnownCalendar, evolve
from domain.calendar.values import CountingRules, Entries, LegalAct, NamedDay, Weekday, YearlyDay
from domain.envelope import Actor, Envelope
from domain.refusals import Refusal
from ledger.store.entries import NewEvent

_OFTEN, _AT_TIMES, _SELDOM = 0.05, 0.03, 0.01
_SATURDAY, _SUNDAY = 6, 7
_CODE = LegalAct(title={"en": "Labour code", "az": "Əmək Məcəlləsi"}, number="1", published_on=date(2020, 1, 1))


class _Opened(NamedTuple):
    """How a calendar begins."""

    territory: str | None
    week: WorkingWeek
    rest: tuple[Weekday, ...]
    counting: CountingRules


CALENDARS: Final = {
    "az": _Opened(None, "five_days", (_SATURDAY, _SUNDAY), CountingRules(last_day_off="next_working_day")),
    "hill-week": _Opened(
        "hill",
        "six_days",
        (_SUNDAY,),
        CountingRules(first_day_counted=True, least_working_days=2, shortening="never"),
    ),
}


class CalendarLife:
    """A country's calendars, and which of them its agencies name.

    Args:
        agencies: the agencies that are registered by then; they get their calendars here.
        versions: how many events each agency has.
        random: where all chances come from.
    """

    def __init__(self, agencies: MutableMapping[str, AgencyState], versions: dict[str, int], random: Random) -> None:
        self._agencies, self._versions, self._random = agencies, versions, random
        self.calendars: dict[str, CalendarState] = {}

    def known(self, slug: str | None) -> KnownCalendar:
        """Return a calendar as it is known now; Monday to Friday are worked where none is named."""
        if slug is None:
            return MONDAY_TO_FRIDAY
        state = self.calendars[slug]
        return KnownCalendar(state, state.version)

    def of_agency(self, slug: str) -> KnownCalendar:
        """Return the calendar by which an agency's terms are counted now."""
        agency = self._agencies.get(slug)
        return self.known(agency.calendar if agency else None)

    def change(self, at: datetime, coordinator: Actor) -> list[NewEvent]:
        """Return what happens to the calendars: often nothing."""
        chance = self._random.random()
        with suppress(Refusal, IndexError):  # not at present, or there is none yet
            if chance < _OFTEN:
                return self._opened(at, coordinator, self._random.choice(list(CALENDARS)))
            if chance < _OFTEN + _AT_TIMES:
                return self._entered(at, coordinator, self._random.choice(sorted(self.calendars)))
            if chance < _OFTEN + _AT_TIMES + _OFTEN:
                return self._named(at, coordinator)
        return []

    def _opened(self, at: datetime, coordinator: Actor, slug: str) -> list[NewEvent]:
        opened = CALENDARS[slug]
        tomorrow = at.date() + timedelta(days=1)
        feast = YearlyDay(month=tomorrow.month, day=tomorrow.day, name={"en": "A feast"}, carried_over=True)
        entries = Entries(
            every_year=(feast,), rest_days=opened.rest, counting=opened.counting, from_day=date(2021, 1, 1)
        )
        command = OpenCalendar(at, coordinator, slug, "az", opened.territory, opened.week, _CODE, entries)
        return self._done(command, slug)

    def _entered(self, at: datetime, coordinator: Actor, slug: str) -> list[NewEvent]:
        today, number = at.date(), self.calendars[slug].version + 1
        late = self._random.randrange(4)  # some acts are entered days after they were published
        published = today - timedelta(days=late)
        title = {"en": f"Order {number}", "az": f"Sərəncam {number}"}
        act = LegalAct(title=title, number=f"{slug}/{number}", published_on=published)
        entries = self._random.choice(
            (self._off, self._off, self._swap, self._swap, self._taken_back, self._yearly, self._ended, self._set)
        )(today, slug)
        return self._done(EnterAct(at, coordinator, act, entries), slug)

    def _off(self, today: date, _: str) -> Entries:
        """Return one to three days off: over already, today, or before most terms are over."""
        first = today + timedelta(days=self._random.randrange(-3, 5))
        days = [first + timedelta(days=each) for each in range(self._random.randrange(1, 4))]
        return Entries(days=tuple(NamedDay(day=day, effect="off", why="emergency") for day in days), from_day=first)

    def _swap(self, today: date, _: str) -> Entries:
        """Return a day of rest that is worked, for a working day that is off."""
        sunday = today + timedelta(days=_SUNDAY - today.isoweekday())
        instead = today + timedelta(days=self._random.randrange(1, 6))
        worked = sunday - timedelta(days=self._random.randrange(2))
        days = [NamedDay(day=worked, effect="working", why="swap")]
        if instead != worked:
            days.append(NamedDay(day=instead, effect="off", why="swap", name={"en": "Instead"}))
        return Entries(days=tuple(days), from_day=min(worked, instead))

    def _taken_back(self, today: date, slug: str) -> Entries:
        """Return that days of an earlier act are as usual again."""
        named = [each.day for act in self.calendars[slug].acts for each in act.entries.days]
        days = dict.fromkeys([*named[-2:], today + timedelta(days=2)])
        return Entries(days=tuple(NamedDay(day=day, effect="usual", why="other") for day in days), from_day=today)

    def _yearly(self, today: date, _: str) -> Entries:
        day = today + timedelta(days=self._random.randrange(1, 6))
        name = {"en": f"Feast of {day:%d.%m}"}
        feast = YearlyDay(month=day.month, day=day.day, name=name, carried_over=self._random.random() < 0.5)
        to_day = self._random.choice((None, today + timedelta(days=400)))
        return Entries(every_year=(feast,), from_day=today, to_day=to_day)

    def _ended(self, today: date, slug: str) -> Entries:
        return Entries(ends=(self._random.randrange(1, self.calendars[slug].version + 1),), from_day=today)

    def _set(self, today: date, slug: str) -> Entries:
        """Return another way to count, or another day of rest."""
        opened = CALENDARS[slug]
        rest = self._random.choice((opened.rest, (_SUNDAY,)))
        counting = opened.counting.model_copy(update={"least_working_days": self._random.randrange(4)})
        return Entries(rest_days=rest, counting=counting, from_day=today)

    def _done(self, command: OpenCalendar | EnterAct, slug: str) -> list[NewEvent]:
        before = self.calendars.get(slug)
        events = decide(command, before)
        for event in events:
            self.calendars[slug] = evolve(self.calendars.get(slug), event)
        envelope = Envelope(actor=command.actor, agencies=(), occurred_at=command.at, origin="live")
        return new_events(calendar_stream(slug), before.version if before else 0, events, envelope, None)

    def _named(self, at: datetime, coordinator: Actor) -> list[NewEvent]:
        agency = self._random.choice(sorted(self._agencies))
        # The hill has its own week; all others have that of the country, save for a few changes of mind.
        own = agency == "hill" if self._random.random() > _SELDOM else agency != "hill"
        slug = "hill-week" if own else "az"
        events = decide_agency(NameCalendar(at, coordinator, slug, slug in self.calendars), self._agencies[agency])
        for event in events:
            self._agencies[agency] = evolve_agency(self._agencies[agency], event)
        version = self._versions.setdefault(agency, 1)
        self._versions[agency] += len(events)
        envelope = Envelope(actor=coordinator, agencies=(agency,), occurred_at=at, origin="live")
        return new_events(agency_stream(agency), version, events, envelope, None)
