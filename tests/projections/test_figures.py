"""The figures of any month, as of any position, are those of a plain count over the events up to it."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from math import ceil
from statistics import median

import pytest

from domain.case.clock_events import CaseLapsed, GrantedBySilence
from domain.case.events import (
    ApplicantAnswered,
    ApplicantAsked,
    CaseClosed,
    CaseDecided,
    CaseReopened,
    CaseSubmitted,
)
from domain.case.stage import Stage
from domain.case.state import CaseState, evolve
from domain.evaluation.catalogue import CATALOGUE
from domain.evaluation.evidence_indicators import OF_EVIDENCE
from domain.service.definition import Step
from domain.service.events import ServiceDrafted, ServicePublished, ServiceWithdrawn
from ledger.embedded.postgres import EmbeddedPostgres
from projections.figures.audit import audit_figures
from projections.figures.fold import VIEW as FIGURES
from projections.figures.queries import last_day_of
from projections.views import Views
from tests.api.running import fresh_databases
from tests.domain.town import AT
from tests.projections.evidence_counted import EvidenceCounted
from tests.projections.evidence_lives import EvidenceCountry
from tests.projections.evidence_town import EvidenceTown
from tests.projections.folding import fold
from tests.projections.lived import KnownCase, Lived, Told, all_entries
from tests.projections.lives import SERVICES, Country, append
from tests.projections.test_counts import OUTCOMES
from tests.projections.test_counts_then import until

SMALL = 5
Figures = dict[str, Fraction | str | None]


@pytest.fixture(scope="module", params=[11, pytest.param(7, marks=pytest.mark.slow)], ids="seed-{}".format)
def crowded(request: pytest.FixtureRequest, postgres: EmbeddedPostgres) -> Iterator[Lived]:
    """A country where so much happens in a month that figures are shown, and so little that some are withheld."""
    with fresh_databases(postgres, f"crowded_{request.param}") as places:
        position = asyncio.run(append(places.writer, Country(request.param, pace=1200).live(2500)))
        asyncio.run(fold(places.projector, position, [FIGURES], batch=99))
        yield Lived(places, asyncio.run(all_entries(places.writer)))


def month_of(day: date) -> str:
    return f"{day:%Y-%m}"


class Counted:
    """What happened in a month, told case by case: no sums are kept and nothing is taken back."""

    def __init__(self, cases: Sequence[KnownCase], month: str) -> None:
        self.channels: list[str] = []
        self.outcomes: list[str] = []
        self.lateness: list[bool] = []
        self.durations: list[tuple[date, date]] = []
        self.waits: list[int] = []
        self.evidence = EvidenceCounted(cases, month)
        for case in cases:
            self._count(case, month)

    def _count(self, case: KnownCase, month: str) -> None:
        submitted = case.told[0].event
        assert isinstance(submitted, CaseSubmitted)
        if month_of(submitted.term_began) == month:
            self.channels.append(submitted.channel)
        self.waits += [days for day, days in waits(case) if month_of(day) == month]
        since = [told.event for told in after_the_last_reopening(case)]
        decided = [event for event in since if isinstance(event, CaseDecided | GrantedBySilence)]
        closed = [event for event in since if isinstance(event, CaseClosed | CaseLapsed)]
        self.outcomes += [
            event.outcome if isinstance(event, CaseDecided) else "granted"
            for event in decided
            if month_of(event.local_date) == month
        ]
        last = case.last_day
        self.lateness += [
            last is not None and event.local_date > last for event in closed if month_of(event.local_date) == month
        ]
        finished = (decided or closed or [None])[0]
        if finished and month_of(finished.local_date) == month:
            self.durations.append((submitted.term_began, finished.local_date))


def waits(case: KnownCase) -> Iterator[tuple[date, int]]:
    asked: date | None = None
    for told in case.told:
        if isinstance(told.event, ApplicantAsked):
            asked = told.event.local_date
        elif isinstance(told.event, ApplicantAnswered):
            assert asked is not None
            yield told.event.local_date, max(0, (told.event.local_date - asked).days)


def after_the_last_reopening(case: KnownCase) -> Sequence[Told]:
    at = max((number for number, told in enumerate(case.told) if isinstance(told.event, CaseReopened)), default=0)
    return case.told[at:]


def worked(began: date, ended: date) -> int:
    days = [began + timedelta(days=each) for each in range(1, (ended - began).days + 1)]
    return sum(day.isoweekday() <= 5 for day in days)


def rank_90(numbers: Sequence[int]) -> Fraction:
    return Fraction(sorted(numbers)[ceil(len(numbers) * 9 / 10) - 1])


def figures_by_hand(counted: Counted, online: Fraction | None) -> Figures:
    """Return the figures, with the small ones withheld, of one service."""
    working = [worked(*each) for each in counted.durations]
    calendar = [max(0, (ended - began).days) for began, ended in counted.durations]
    outcomes = Counter(counted.outcomes)

    def large(cases: Sequence[object], value: Fraction | int | None) -> Fraction | str | None:
        return "too few cases" if 0 < len(cases) < SMALL else None if value is None else Fraction(value)

    electronic = Fraction(counted.channels.count("online"), len(counted.channels) or 1)
    return {
        "submitted": Fraction(len(counted.channels)),
        "decided": Fraction(len(counted.outcomes)),
        **{outcome: large(counted.outcomes, outcomes[outcome]) for outcome in OUTCOMES},
        "closed": Fraction(len(counted.lateness)),
        "late": large(counted.lateness, sum(counted.lateness)),
        "finished": Fraction(len(working)),
        "median_working_days": large(working, Fraction(median(working)) if working else None),
        "p90_working_days": large(working, rank_90(working) if working else None),
        "median_calendar_days": large(calendar, Fraction(median(calendar)) if calendar else None),
        "p90_calendar_days": large(calendar, rank_90(calendar) if calendar else None),
        "answered_by_applicants": Fraction(len(counted.waits)),
        "suspended_days_applicant": large(counted.waits, sum(counted.waits)),
        "stages_online": online,
        "share_electronic": large(counted.channels, electronic if counted.channels else None),
        **counted.evidence.figures(),
    }


def stages_online(told: Sequence[Told], service: str, month: str) -> Fraction | None:
    """Return the share of phases online of the version that holds at the end of the month."""
    steps: dict[int, Sequence[Step]] = {}
    begins: dict[int, date] = {}
    versions: list[tuple[date, date | None, Sequence[Step]]] = []
    streams = {
        each.entry.stream
        for each in told
        if isinstance(each.event, ServiceDrafted) and each.event.definition.slug == service
    }
    for each in told:
        if each.entry.stream not in streams:
            continue
        event, on = each.event, date.fromisoformat(each.decoded.occurred_at[:10])
        if isinstance(event, ServiceDrafted):
            steps[event.version] = event.definition.steps
        elif isinstance(event, ServicePublished):
            begins[event.version] = event.valid_from or event.local_date or on
            versions.append((begins[event.version], event.valid_to, steps[event.version]))
        elif isinstance(event, ServiceWithdrawn):
            versions.append((max(on, begins[event.version]), None, ()))
    last = last_day_of(month)
    begun = [version for version in versions if version[0] <= last]
    # Of those that begin on one day, the one that was published last.
    _, ends, holding = max(reversed(begun), key=lambda version: version[0], default=(last, None, ()))
    if ends is not None and ends < last:
        return None
    if not holding:
        return None
    phases = {step.phase for step in holding}
    online = [phase for phase in phases if all(step.channel == "electronic" for step in holding if step.phase == phase)]
    return Fraction(len(online), len(phases))


def assert_equal(found: Sequence[tuple[str, str | None, str | None]], expected: Figures) -> None:
    for name, value, why in found:
        wanted = expected[name]
        if isinstance(wanted, Fraction):
            scale = next(each.scale for each in CATALOGUE.indicators if each.id == name)
            assert value is not None, (name, why, wanted)
            assert abs(Fraction(value) - wanted) <= Fraction(1, 2 * 10**scale), name
        else:
            assert (value, why) == (None, wanted or "nothing to measure"), name


def months_of(lived: Lived) -> list[str]:
    """Return every month in which something happened, and one in which nothing did."""
    days = [
        day
        for told in lived.told
        for name in ("local_date", "term_began")
        if isinstance(day := getattr(told.event, name, None), date)
    ]
    return [*sorted({month_of(day) for day in days}), "1999-12"]


def test_figures_of_services_as_of_any_position_are_those_of_a_plain_count(crowded: Lived) -> None:
    last = crowded.told[-1].decoded.position
    positions = [None, *range(0, last, 411), last]
    months = months_of(crowded)
    tried: Counter[str] = Counter()

    async def scenario(views: Views) -> None:
        for position in positions:
            upto = last if position is None else position
            told = [each for each in crowded.told if each.decoded.position <= upto]
            known = until(crowded.cases, upto)
            for month in months:
                page = await views.figures.page("service", month, position=position)
                assert [one.name for one in page] == sorted(SERVICES)
                for one in page:
                    counted = Counted([case for case in known if case.state.service == one.name], month)
                    expected = figures_by_hand(counted, stages_online(told, one.name, month))
                    assert_equal([(each.indicator, each.value, each.why) for each in one.figures], expected)
                    tried.update(name for name, value in expected.items() if isinstance(value, Fraction) and value)

    crowded.reads(scenario)
    untried = {each.id for each in CATALOGUE.indicators} - tried.keys()
    assert untried <= {each.id for each in OF_EVIDENCE}, "those of evidence are tried in another country"


def test_an_agencys_figures_are_those_of_its_services_together(lived: Lived) -> None:
    last = lived.told[-1].decoded.position
    shown: Counter[bool] = Counter()

    async def scenario(views: Views) -> None:
        for month in months_of(lived):
            for position in (None, last // 2):
                known = until(lived.cases, position or last)
                page = await views.figures.page("agency", month, position=position)
                assert [one.name for one in page] == sorted({SERVICES[case.state.service] for case in known})
                for one in page:
                    services = [service for service, agency in SERVICES.items() if agency == one.name]
                    parts = [
                        Counted([case for case in known if case.state.service == service], month)
                        for service in services
                    ]
                    values = {each.indicator: (each.value, each.why) for each in one.figures}
                    assert values["submitted"] == (str(sum(len(part.channels) for part in parts)), None)
                    hidden = sum(len(part.outcomes) for part in parts if len(part.outcomes) < SMALL)
                    total = sum(len(part.outcomes) for part in parts)
                    shown[is_shown := not (0 < hidden < SMALL or 0 < total < SMALL)] += 1
                    granted = sum(part.outcomes.count("granted") for part in parts)
                    assert values["granted"] == ((str(granted), None) if is_shown else (None, "too few cases"))

    lived.reads(scenario)
    assert shown.keys() == {True, False}


def test_the_sums_over_all_months_are_the_counts_of_the_services(lived: Lived) -> None:
    async def scenario(views: Views) -> None:
        counts = {one.service: one for one in await views.service_performance.page(AT)}
        found: dict[str, Counter[str]] = {name: Counter() for name in counts}
        for month in months_of(lived):
            for one in await views.figures.page("service", month):
                values = {each.indicator: int(each.value or 0) for each in one.figures if "." not in (each.value or "")}
                found[one.name].update({name: values[name] for name in ("submitted", "closed", "decided")})
        for name, count in counts.items():
            decided = count.granted + count.refused + count.partly
            assert found[name] == Counter(submitted=count.submitted, closed=count.closed, decided=decided)

    lived.reads(scenario)


def test_figures_come_in_pages_by_name(lived: Lived) -> None:
    async def scenario(views: Views) -> None:
        services = {each.event.service for each in lived.told if isinstance(each.event, CaseSubmitted)}
        agencies = {SERVICES[service] for service in services}
        for per, names in (("service", sorted(services)), ("agency", sorted(agencies))):
            seen: list[str] = []
            while page := await views.figures.page(per, "2026-11", after=seen[-1] if seen else "", limit=2):  # type: ignore[arg-type] # a literal in a tuple is only a str to mypy
                seen += [one.name for one in page]
            assert seen == names

    lived.reads(scenario)


@pytest.fixture(scope="module", params=[EvidenceTown, EvidenceCountry])
def evident(request: pytest.FixtureRequest, postgres: EmbeddedPostgres) -> Iterator[Lived]:
    """A town, or a lawful country, whose services need evidence."""
    with fresh_databases(postgres, f"evident_{request.param.__name__.lower()}") as places:
        position = asyncio.run(append(places.writer, request.param(5, pace=3600).live(3000)))
        asyncio.run(fold(places.projector, position, [FIGURES], batch=89))
        yield Lived(places, asyncio.run(all_entries(places.writer)))


def test_the_figures_of_evidence_are_those_of_a_plain_count(evident: Lived) -> None:
    last = evident.told[-1].decoded.position
    tried: Counter[str] = Counter()

    async def scenario(views: Views) -> None:
        for position in (None, *range(0, last, 600)):
            known = until(evident.cases, last if position is None else position)
            for month in months_of(evident):
                for one in await views.figures.page("service", month, position=position):
                    own = [case for case in known if case.state.service == one.name]
                    expected = EvidenceCounted(own, month).figures()
                    found = [(each.indicator, each.value, each.why) for each in one.figures]
                    assert_equal([each for each in found if each[0] in expected], expected)
                    tried.update(name for name, value in expected.items() if isinstance(value, Fraction) and value)

    evident.reads(scenario)
    assert tried.keys() == {each.id for each in OF_EVIDENCE}, "none is left untried"


def test_the_figures_of_evidence_are_those_of_the_recount(evident: Lived) -> None:
    last = evident.told[-1].decoded.position
    for position in (None, last // 3, last // 2):
        assert audit_figures(evident.where.reader, lambda _done, _total: None, position).differences == []


def test_an_officials_question_and_evidence_are_never_waited_for_at_once(evident: Lived) -> None:
    asked = 0
    for case in evident.cases:
        state: CaseState | None = None
        is_open = False
        for event in (told.event for told in case.told):
            state = evolve(state, event)
            is_open = state.stage is Stage.AWAITING_APPLICANT and (is_open or isinstance(event, ApplicantAsked))
            asked += isinstance(event, ApplicantAsked) and len(state.evidence.requests) > 0

            assert state.evidence.is_settled or not is_open
    assert asked > 3
