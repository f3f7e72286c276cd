"""Asks every question that views answer, about a country with events, and records the statements."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple, TypeAlias

from psycopg.rows import TupleRow

from projections.reading import ViewReader
from projections.views import Views
from tests.domain.town import AT
from tests.projections.lived import KnownCase
from tests.projections.service_life import DESKS

Ask: TypeAlias = Callable[[Views, Sequence[KnownCase]], Awaitable[object]]

MONTH = f"{AT:%Y-%m}"
LATER = AT + timedelta(days=30)
HERE = DESKS["harbour"]

QUESTIONS: Mapping[str, Ask] = {
    "case_history.history": lambda views, cases: views.case_history.history(cases[9].case_id),
    "case_status.status": lambda views, cases: views.case_status.status(cases[9].case_id),
    "case_status.statuses": lambda views, cases: views.case_status.statuses([case.case_id for case in cases[:50]]),
    "case_status.by_reference": lambda views, cases: views.case_status.by_reference(cases[9].state.reference),
    "worklist.page": lambda views, _: views.worklist.page("harbour", HERE),
    "worklist.page, unassigned": lambda views, _: views.worklist.page("harbour", HERE, unassigned=True),
    "worklist.page, assigned": lambda views, cases: views.worklist.page("harbour", HERE, officials=_officials(cases)),
    "worklist.oldest_unassigned": lambda views, _: views.worklist.oldest_unassigned("harbour", "north"),
    "deadlines.page": lambda views, cases: views.deadlines.page(
        after=(AT.date(), cases[9].case_id), overdue_on=LATER.date()
    ),
    "deadlines.unmarked": lambda views, cases: views.deadlines.unmarked(
        LATER.date(), (AT.date(), cases[9].case_id), 50
    ),
    "deadlines.page, of an agency": lambda views, _: views.deadlines.page(agency="harbour"),
    "deadlines.page, of a service": lambda views, _: views.deadlines.page(service="permit"),
    "deadlines.page, of both": lambda views, _: views.deadlines.page(agency="harbour", service="permit"),
    "service_performance.performance": lambda views, _: views.service_performance.performance("permit", LATER),
    "service_performance.page": lambda views, _: views.service_performance.page(LATER),
    "service_performance.performance_then": lambda views, _: views.service_performance.performance_then(
        "permit", 100, LATER
    ),
    "service_performance.page_then": lambda views, _: views.service_performance.page_then(100, LATER),
    "figures.page": lambda views, _: views.figures.page("service", MONTH),
    "figures.page, of agencies": lambda views, _: views.figures.page("agency", MONTH),
    "figures.page, of services then": lambda views, _: views.figures.page("service", MONTH, position=100),
    "figures.page, of agencies then": lambda views, _: views.figures.page("agency", MONTH, position=100),
    "agency_feed.page": lambda views, _: views.agency_feed.page("harbour", 20, 20),
    "agency_feed.page, of topics": lambda views, _: views.agency_feed.page("harbour", 20, 20, topics=["case.closed"]),
    "agency_feed.page, of services": lambda views, _: views.agency_feed.page("harbour", 20, 20, services=["permit"]),
    "agency_feed.last_sequence": lambda views, _: views.agency_feed.last_sequence("harbour"),
    "catalogue.agencies": lambda views, _: views.catalogue.agencies(),
    "catalogue.agency": lambda views, _: views.catalogue.agency("harbour"),
    "catalogue.agencies_named": lambda views, _: views.catalogue.agencies_named(["harbour", "hill"]),
    "catalogue.published_named": lambda views, _: views.catalogue.published_named(["permit", "licence"]),
    "catalogue.newest": lambda views, _: views.catalogue.newest("permit"),
    "catalogue.services": lambda views, _: views.catalogue.services(),
    "catalogue.services, of an agency": lambda views, _: views.catalogue.services(agency="harbour"),
    "catalogue.service": lambda views, _: views.catalogue.service("permit"),
    "catalogue.versions": lambda views, _: views.catalogue.versions("permit"),
    "subscriptions.subscription": lambda views, _: views.subscriptions.subscription("harbour-1"),
    "subscriptions.page": lambda views, _: views.subscriptions.page(),
    "subscriptions.page, of an agency": lambda views, _: views.subscriptions.page(agency="harbour", status="granted"),
    "subscriptions.delivering": lambda views, _: views.subscriptions.delivering(),
    "subscriptions.webhooks": lambda views, _: views.subscriptions.webhooks(),
    "positions.standings": lambda views, _: views.positions.standings(),
}


class Statement(NamedTuple):
    """A statement that read a view."""

    query: str
    parameters: Sequence[object]


class Overheard(ViewReader):
    """A reader that records its statements."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.statements: list[Statement] = []

    async def fetch(self, query: str, parameters: Sequence[object] = ()) -> list[TupleRow]:
        self.statements.append(Statement(query, parameters))
        return await super().fetch(query, parameters)


async def overheard(url: str, cases: Sequence[KnownCase], asks: Sequence[Ask]) -> list[list[Statement]]:
    """Return the statements of each question."""
    reader = Overheard(url)
    await reader.open()
    views = Views(url)
    for part in parts(views).values():
        vars(part)["_reader"] = reader
    taken = []
    for ask in asks:
        reader.statements = []
        await ask(views, cases)
        taken.append(reader.statements)
    await reader.close()
    return taken


def parts(views: Views) -> dict[str, object]:
    """Return the objects that answer questions, by name."""
    return {name: part for name, part in vars(views).items() if not name.startswith("_")}


def _officials(cases: Sequence[KnownCase]) -> list[str]:
    """Return an official's pseudonyms, all in cases of the agency in the question."""
    found = [case.state.official for case in cases if case.state.official and case.state.agency == "harbour"]
    return found[-30:]
