"""The counts of a service equal a plain count of its cases' events."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.case.clock_events import CaseLapsed, GrantedBySilence
from domain.case.deadlines import end_of, local_date
from domain.case.events import (
    CaseBecameOverdue,
    CaseClosed,
    CaseDecided,
    CaseReopened,
    CaseSubmitted,
    CaseWithdrawn,
    StepRecorded,
)
from projections.service_performance.types import ServicePerformance
from projections.views import Views
from tests.domain.town import AT
from tests.projections.lived import KnownCase, Lived

OUTCOMES = ("granted", "refused", "partly")


def counted(service: str, cases: Sequence[KnownCase], at: datetime) -> ServicePerformance:
    """Count without using any case's state."""
    happened: Counter[str] = Counter()
    for case in cases:
        happened += _counts(case, at)
    return ServicePerformance(service=service, **{name: happened[name] for name in NAMES})


NAMES = tuple(name for name in ServicePerformance.model_fields if name != "service")


def _counts(case: KnownCase, at: datetime) -> Counter[str]:
    kinds = Counter(type(told.event) for told in case.told)
    since = [told for told in case.told if told.entry.version > _last_reopening(case)]
    submitted = case.told[0].event
    assert isinstance(submitted, CaseSubmitted)
    closed = [told.event.local_date for told in since if isinstance(told.event, CaseClosed | CaseLapsed)]
    is_open = not closed and not kinds[CaseWithdrawn]
    last, today = case.last_day, local_date(at, submitted.time_zone)
    return Counter(
        {
            "submitted": kinds[CaseSubmitted],
            "open": int(is_open),
            "closed": len(closed),
            "late": int(bool(closed) and last is not None and closed[0] > last),
            "overdue": int(is_open and last is not None and last < today),
            "marked_overdue": kinds[CaseBecameOverdue],
            "withdrawn": kinds[CaseWithdrawn],
            "reopened": kinds[CaseReopened],
            "steps": kinds[StepRecorded],
        }
        | Counter(told.event.outcome for told in since if isinstance(told.event, CaseDecided))
        | Counter("granted" for told in since if isinstance(told.event, GrantedBySilence))
    )


def _last_reopening(case: KnownCase) -> int:
    reopened = case.last(CaseReopened)
    return reopened.entry.version if reopened else 0


def test_a_services_counts_are_those_of_its_cases_events(lived: Lived) -> None:
    asked = {service: [case for case in lived.cases if case.state.service == service] for service in lived.services}
    instants = [AT - timedelta(days=3), AT + timedelta(days=20), AT + timedelta(days=1000)]

    async def scenario(views: Views) -> None:
        for at in instants:
            expected = [counted(service, cases, at) for service, cases in asked.items() if cases]
            assert await views.service_performance.page(at) == expected
            assert [await views.service_performance.performance(one.service, at) for one in expected] == expected

    lived.reads(scenario)
    total = [counted(service, cases, instants[-1]) for service, cases in asked.items()]
    assert all(sum(getattr(one, name) for one in total) > 0 for name in NAMES), "no count is left untried"


def test_what_is_overdue_depends_on_the_instant_that_is_asked_for(lived: Lived) -> None:
    due = sorted(
        end_of(case.state.last_day, case.state.time_zone)
        for case in lived.cases
        if case.is_open and case.state.last_day
    )
    middle = due[len(due) // 2]

    async def scenario(views: Views) -> None:
        for at in (middle - timedelta(microseconds=1), middle):
            page = await views.service_performance.page(at)
            assert sum(one.overdue for one in page) == sum(one <= at for one in due)

    lived.reads(scenario)


def test_services_come_in_pages_by_their_names_and_one_that_nobody_asked_for_has_zeros(lived: Lived) -> None:
    async def scenario(views: Views) -> None:
        performances = views.service_performance
        names: list[str] = []
        while page := await performances.page(AT, after=names[-1] if names else "", limit=2):
            names += [one.service for one in page]
        assert names == sorted({case.state.service for case in lived.cases})
        assert await performances.performance("nobodys", AT) == counted("nobodys", [], AT)

    lived.reads(scenario)
