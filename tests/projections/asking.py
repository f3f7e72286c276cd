"""Asks every question that views answer, about a country with events, and records the statements."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple, TypeAlias
from uuid import UUID

from psycopg.rows import TupleRow

from projections.as_of import Then, now
from projections.deadlines.clock_queries import ClockBounds, KindOfCase
from projections.once_only.queries import Wanted
from projections.reading import ViewReader
from projections.views import Views
from tests.domain.town import AT
from tests.projections.lived import KnownCase
from tests.projections.service_life import DESKS

Ask: TypeAlias = Callable[[Views, Sequence[KnownCase]], Awaitable[object]]

MONTH = f"{AT:%Y-%m}"
LATER = AT + timedelta(days=30)
HERE = DESKS["harbour"]

KIND = KindOfCase("permit", 1, "", "Asia/Baku")
BOUNDS = ClockBounds(LATER.date(), AT.date(), LATER.date(), 5)
NOW, THEN = now(AT + timedelta(days=3650)), Then(300, AT + timedelta(days=5))


async def _record(views: Views, _: Sequence[KnownCase]) -> object:
    [resource] = await views.resource_register.resources(limit=1)
    return await views.resource_register.record(resource)


QUESTIONS: Mapping[str, Ask] = {
    "case_history.history": lambda views, cases: views.case_history.history(cases[9].case_id),
    "case_status.status": lambda views, cases: views.case_status.status(cases[9].case_id),
    "case_status.statuses": lambda views, cases: views.case_status.statuses([case.case_id for case in cases[:50]]),
    "case_status.by_reference": lambda views, cases: views.case_status.by_reference(cases[9].state.reference),
    "worklist.page": lambda views, _: views.worklist.page("harbour", HERE),
    "worklist.page, unassigned": lambda views, _: views.worklist.page("harbour", HERE, unassigned=True),
    "worklist.page, assigned": lambda views, cases: views.worklist.page("harbour", HERE, officials=_officials(cases)),
    "worklist.held": lambda views, _: views.worklist.held("harbour", "north"),
    "worklist.waiting": lambda views, _: views.worklist.waiting([("harbour", "north"), ("hill", "front")], 50),
    "draws.page": lambda views, _: views.draws.page(),
    "draws.at_desk": lambda views, _: views.draws.at_desk("harbour", "north"),
    "draws.draw": lambda views, _: views.draws.draw("harbour", "north", 1),
    "draws.under_way": lambda views, _: views.draws.under_way(),
    "draws.versions": lambda views, _: views.draws.versions("harbour", "north", 1),
    "draws.desks": lambda views, _: views.draws.desks(),
    "draws.kept_by": lambda views, _: views.draws.kept_by(UUID(int=1)),
    "deadlines.page": lambda views, cases: views.deadlines.page(
        after=(AT.date(), cases[9].case_id), overdue_on=LATER.date()
    ),
    "clock.kinds": lambda views, _: views.clock.kinds(),
    "clock.due": lambda views, cases: views.clock.due(KIND, BOUNDS, (AT.toordinal(), cases[9].case_id), 50),
    "clock.unanswered": lambda views, cases: views.clock.unanswered(
        KIND, BOUNDS, (AT.toordinal(), cases[9].case_id), 50
    ),
    "clock.unpublished": lambda views, cases: views.clock.unpublished(
        LATER.date(), (AT.toordinal(), cases[9].case_id), 50
    ),
    "clock.counted_by": lambda views, cases: views.clock.counted_by(
        "az", AT.date(), (AT.toordinal(), cases[9].case_id), 50
    ),
    "calendars.page": lambda views, _: views.calendars.page(100),
    "calendars.calendar": lambda views, _: views.calendars.calendar("az", 100),
    "calendars.acts": lambda views, _: views.calendars.acts("az", 100),
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
    "once_only.page": lambda views, _: views.once_only.page(Wanted("service", month=MONTH)),
    "once_only.page, by agency": lambda views, _: views.once_only.page(Wanted("agency", month=MONTH)),
    "once_only.page, by resource": lambda views, _: views.once_only.page(Wanted("resource", month=MONTH)),
    "once_only.page, by month": lambda views, _: views.once_only.page(Wanted("month")),
    "once_only.page, by month of a resource": lambda views, _: views.once_only.page(
        Wanted("month", resource="pets"), after=MONTH
    ),
    "once_only.page, by resource of a service": lambda views, _: views.once_only.page(
        Wanted("resource", service="dog-tax")
    ),
    "once_only.page, by service of an agency": lambda views, _: views.once_only.page(
        Wanted("service", agency="harbour"), limit=2
    ),
    "once_only.page, by resource then": lambda views, _: views.once_only.page(Wanted("resource"), position=1000),
    "once_only.page, by month then": lambda views, _: views.once_only.page(
        Wanted("month", resource="pets"), position=1000
    ),
    "agency_feed.page": lambda views, _: views.agency_feed.page("harbour", 20, 20),
    "agency_feed.page, of topics": lambda views, _: views.agency_feed.page("harbour", 20, 20, topics=["case.closed"]),
    "agency_feed.page, of services": lambda views, _: views.agency_feed.page("harbour", 20, 20, services=["permit"]),
    "agency_feed.last_sequence": lambda views, _: views.agency_feed.last_sequence("harbour"),
    "evidence_requests.to_make": lambda views, _: views.evidence_requests.to_make(),
    "evidence_requests.due": lambda views, _: views.evidence_requests.due(1 << 62),
    "catalogue.agencies": lambda views, _: views.catalogue.agencies(),
    "catalogue.agency": lambda views, _: views.catalogue.agency("harbour"),
    "catalogue.agencies_named": lambda views, _: views.catalogue.agencies_named(["harbour", "hill"]),
    "catalogue.services_named": lambda views, _: views.catalogue.services_named(["permit", "licence"], NOW),
    "catalogue.last_one": lambda views, _: views.catalogue.last_one("permit", NOW),
    "catalogue.owner": lambda views, _: views.catalogue.owner("permit"),
    "catalogue.services": lambda views, _: views.catalogue.services(NOW),
    "catalogue.services, then": lambda views, _: views.catalogue.services(THEN),
    "catalogue.services, of an agency": lambda views, _: views.catalogue.services(NOW, agency="harbour"),
    "catalogue.services, that ask": lambda views, _: views.catalogue.services(NOW, asks="car.plate"),
    "catalogue.services, that ask and rely": lambda views, _: views.catalogue.services(
        NOW, asks="car.plate", relies_on="cars-0", agency="harbour"
    ),
    "catalogue.services, that rely": lambda views, _: views.catalogue.services(NOW, relies_on="cars-0"),
    "catalogue.service": lambda views, _: views.catalogue.service("permit", NOW),
    "catalogue.service, a version": lambda views, _: views.catalogue.service("permit", NOW, 2),
    "catalogue.versions": lambda views, _: views.catalogue.versions("permit", NOW, before=9, limit=5),
    "resource_register.register": lambda views, _: views.resource_register.register(LATER),
    "resource_register.coordinator": lambda views, _: views.resource_register.coordinator(LATER),
    "resource_register.resources_named": lambda views, _: views.resource_register.resources_named(
        ["cars-0", "ships-0"]
    ),
    "resource_register.elements": lambda views, _: views.resource_register.elements(after="a", limit=3),
    "resource_register.element": lambda views, _: views.resource_register.element("car.plate", 300),
    "resource_register.resources": lambda views, _: views.resource_register.resources(position=300),
    "resource_register.resource": lambda views, _: views.resource_register.resource("cars-0"),
    "resource_register.record": _record,
    "resource_register.grants": lambda views, _: views.resource_register.grants(),
    "resource_register.grants, of an agency": lambda views, _: views.resource_register.grants(agency="harbour"),
    "resource_register.grants, of a resource": lambda views, _: views.resource_register.grants(
        resource="cars-0", agency="harbour"
    ),
    "resource_register.similar": lambda views, _: views.resource_register.similar("cars-0"),
    "untold.page": lambda views, _: views.untold.page(NOW, limit=2),
    "untold.published_after": lambda views, _: views.untold.published_after(300),
    "violations.page": lambda views, _: views.violations.page(NOW),
    "subscriptions.subscription": lambda views, _: views.subscriptions.subscription("harbour-1"),
    "subscriptions.page": lambda views, _: views.subscriptions.page(),
    "subscriptions.page, of an agency": lambda views, _: views.subscriptions.page(agency="harbour", status="granted"),
    "subscriptions.delivering": lambda views, _: views.subscriptions.delivering(),
    "subscriptions.webhooks": lambda views, _: views.subscriptions.webhooks(),
    "positions.time": lambda views, _: views.positions.time(),
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
