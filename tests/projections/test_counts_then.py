"""The counts of a service as of a position are those of exactly the events up to it."""

from collections.abc import Sequence
from datetime import timedelta

from projections.service_performance.types import ServicePerformance
from projections.views import Views
from tests.domain.town import AT
from tests.projections.lived import KnownCase, Lived
from tests.projections.test_counts import counted

LATER = AT + timedelta(days=400)


def until(cases: Sequence[KnownCase], position: int) -> list[KnownCase]:
    """Return the cases as known at a position."""
    known = [case._replace(told=[told for told in case.told if told.decoded.position <= position]) for case in cases]
    return [case for case in known if case.told]


def test_the_counts_as_of_any_position_are_those_of_the_events_up_to_it(lived: Lived) -> None:
    last = lived.told[-1].decoded.position
    positions = [*range(0, last, 97), last]
    asked = {service: [case for case in lived.cases if case.state.service == service] for service in lived.services}

    async def scenario(views: Views) -> None:
        performances = views.service_performance
        names = [one.service for one in await performances.page(LATER)]
        for position in positions:
            expected = [counted(service, until(asked[service], position), LATER) for service in names]
            assert await performances.page_then(position, LATER) == expected
            assert [await performances.performance_then(name, position, LATER) for name in names] == expected

    lived.reads(scenario)
    assert sum(counted(service, cases, LATER).reopened for service, cases in asked.items()) > 0


def test_the_counts_as_of_the_last_position_are_the_live_ones(lived: Lived) -> None:
    async def scenario(views: Views) -> tuple[Sequence[ServicePerformance], Sequence[ServicePerformance]]:
        performances = views.service_performance
        return await performances.page(LATER), await performances.page_then(lived.told[-1].decoded.position, LATER)

    live, then = lived.reads(scenario)

    assert live == then
    assert live
