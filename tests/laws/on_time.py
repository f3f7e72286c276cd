"""A window whose clock can be moved on, with its reactions running, for the laws about time."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import httpx2

from application.identity import new_id
from consumers.legal_time import Machine, Sources
from consumers.reacting import ReactionHost
from consumers.reaction_table import all_reactions
from domain.values import micros_at
from ledger.audit.findings import Finding
from ledger.embedded.postgres import EmbeddedPostgres
from tests.api.people import People, Person, address_of, permit, position_of
from tests.api.running import RunningWindow, Where, fresh_databases
from tests.log.waiting import until
from tests.mandates.family import Days
from tests.projections.lived import all_entries
from tests.verifying.test_legality import found_in

CALENDAR = "az"
CODE = {"title": {"en": "Labour Code"}, "number": "105", "publishedOn": "1999-02-01"}
TERM = {"days": 10, "kind": "working"}
TIMING = {
    "suspendedForAnswers": "Administrative act, article 12",
    "warnedBefore": {"days": 2, "kind": "working"},
    "escalatedAfter": {"days": 5, "kind": "working"},
    "silencePublishedWithin": {"days": 5, "kind": "working"},
    "answersWithin": {"days": 10, "kind": "calendar"},
    "lapsesOn": "Licences act, article 18",
}


class OnTime(NamedTuple):
    """The window, its clock and its people."""

    window: RunningWindow
    where: Where
    days: Days
    people: People

    @property
    def today(self) -> date:
        """The day of the window's clock in UTC; its agency is there."""
        return self.days().date()

    def offers(self, slug: str, **changed: Any) -> str:
        """Publish a service with a term of ten working days, and return its name."""
        definition = permit(slug, self.people.agency, "north", **{"term": TERM, "timing": TIMING} | changed)
        coordinator = self.people.coordinator
        _done(coordinator.sends("/v1/services", {"definition": definition}))
        _done(coordinator.sends(f"/v1/services/{slug}/publication", {"version": 1}))
        return slug

    def decree(self, number: str, *days: tuple[date, str]) -> httpx2.Response:
        """Enter an act that names days, each with its effect."""
        act = {"title": {"en": "Decree"}, "number": number, "publishedOn": self.today.isoformat()}
        named = [{"day": day.isoformat(), "effect": effect, "why": "swap"} for day, effect in days]
        entries = {"fromDay": min(day for day, _ in days).isoformat(), "days": named}
        return _done(self.people.coordinator.sends(f"/v1/calendars/{CALENDAR}/acts", {"act": act, "entries": entries}))

    def history(self, case: httpx2.Response, who: Person | None = None) -> list[dict[str, Any]]:
        """Return the events of a case as somebody reads them."""
        reader = who or self.people.citizen
        read = reader.asks(f"{address_of(case)}/history", position=self.window.everything_recorded())
        assert read.is_success, read.text
        items: list[dict[str, Any]] = read.json()["items"]
        return items

    def waits_for(self, case: httpx2.Response, topic: str, times: int = 1) -> dict[str, Any]:
        """Return the last event of a topic, once there are so many in the case."""
        until(lambda: sum(each["type"] == topic for each in self.history(case)) >= times)
        return [each for each in self.history(case) if each["type"] == topic][-1]

    def term(self, case: httpx2.Response, as_of: str | None = None) -> dict[str, Any]:
        """Return the term of a case as its applicant reads it."""
        query = "" if as_of is None else f"?asOf={as_of}"
        read = self.people.citizen.asks(f"{address_of(case)}/term{query}", position=self.window.everything_recorded())
        assert read.is_success, read.text
        document: dict[str, Any] = read.json()
        return document

    def found(self) -> Sequence[Finding]:
        """Return what the judge of `audit verify` says of the whole ledger."""
        return found_in(list(self.window.runs(all_entries(self.where.writer))))


@contextmanager
def on_time(postgres: EmbeddedPostgres, name: str, folder: Path) -> Iterator[OnTime]:
    """Run a window whose clock can be moved, with reactions that look often, and a calendar."""
    days = Days()
    with (
        fresh_databases(postgres, name) as where,
        RunningWindow(where, folder, clock=days, tokens_last=timedelta(days=3650)) as window,
        People(window.somebody, "town", "permit", 1) as people,
    ):
        sources = Sources(
            days, Machine(new_id(days()), lambda: micros_at(days()))
        )  # time elapses as the clock is moved
        reactions = all_reactions(window._window, window.services.views)
        host = ReactionHost(where.projector, window._window, reactions, every=0.05, sources=sources)
        running = window.starts(host.run())
        entry = {"name": {"en": "Town"}, "timeZone": "UTC", "desks": ["north"]}
        _done(people.coordinator.sends("/v1/agencies/town", entry, method="PUT"))
        entries = {"restDays": [6, 7], "counting": {"shortening": "never"}, "fromDay": "2006-01-01"}
        opening = {"slug": CALENDAR, "jurisdiction": "az", "workingWeek": "five_days", "act": CODE, "entries": entries}
        _done(people.coordinator.sends("/v1/calendars", opening))
        _done(people.coordinator.sends("/v1/agencies/town/calendar", {"calendar": CALENDAR}, method="PUT"))
        yield OnTime(window, where, days, people)
        running.cancel()


def working_day(after: date, days: int) -> date:
    """Return the day so many days from Monday to Friday later."""
    while days:
        after += timedelta(days=1)
        days -= after.isoweekday() < 6
    return after


def as_known(answer: httpx2.Response) -> str:
    """Return `asOf` of what was known after a write."""
    return position_of(answer).split(".")[0]


def _done(answer: httpx2.Response) -> httpx2.Response:
    assert answer.is_success, answer.text
    return answer
