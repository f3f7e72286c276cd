"""What cases wait for, as the view says it: the domain's own states say the same, case by case."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import pytest

from domain.case.evidence_state import RequestState
from domain.case.state import CaseState
from domain.evidence.clocks import due, later
from domain.evidence.progress import EvidenceState
from domain.values import micros_at
from ledger.embedded.postgres import EmbeddedPostgres
from projections.evidence_requests.queries import ToMake
from projections.views import Views
from tests.api.running import fresh_databases
from tests.projections.evidence_lives import EvidenceCountry
from tests.projections.evidence_town import EvidenceTown
from tests.projections.folding import fold
from tests.projections.lived import Lived, all_entries
from tests.projections.lives import append

LATER = 1 << 62


@pytest.fixture(
    scope="module",
    params=[
        (EvidenceTown, 5, 4000),
        pytest.param((EvidenceTown, 12, 4000), marks=pytest.mark.slow),
        (EvidenceCountry, 4, 2000),
    ],
    ids=["town-5", "town-12", "country-4"],
)
def asking(request: pytest.FixtureRequest, postgres: EmbeddedPostgres) -> Iterator[Lived]:
    """A town, or a lawful country, whose services need evidence, with up-to-date views."""
    kind, seed, many = request.param
    with fresh_databases(postgres, f"asking_{kind.__name__.lower()}_{seed}") as places:
        position = asyncio.run(append(places.writer, kind(seed).live(many)))
        asyncio.run(fold(places.projector, position, batch=300))
        yield Lived(places, asyncio.run(all_entries(places.writer)))


def _runs_out(request: RequestState) -> datetime | None:
    if request.under_review:
        return later(request.progress.preview_since or request.asked_at, request.terms.previewed_within)
    running = due(request.progress, request.terms)
    return None if running is None else running.at


def _is_to_be_made(request: RequestState) -> bool:
    return request.progress.state is EvidenceState.PREPARED or request.has_agreed_and_waits


def _waits(case: CaseState) -> list[datetime]:
    if case.has_ended or case.is_granted_by_silence:
        return []
    return [at for request in case.evidence.requests.values() if (at := _runs_out(request)) is not None]


def test_the_next_clock_of_each_case_is_the_one_that_the_domain_counts(
    asking: Lived, request: pytest.FixtureRequest
) -> None:
    expected = sorted((micros_at(min(waits)), case.case_id) for case in asking.cases if (waits := _waits(case.state)))

    async def scenario(views: Views) -> None:
        assert await views.evidence_requests.due(LATER, limit=10_000) == expected
        middle, _ = expected[len(expected) // 2]
        assert await views.evidence_requests.due(middle, limit=10_000) == [one for one in expected if one[0] < middle]
        after = expected[2]
        assert await views.evidence_requests.due(LATER, after=after, limit=3) == expected[3:6]

    is_country = request.node.callspec.params["asking"][0] is EvidenceCountry  # where few cases are open at once
    assert len(expected) > (5 if is_country else 20)
    asking.reads(scenario)


def test_the_messages_to_be_made_are_those_that_the_domain_waits_for(asking: Lived) -> None:
    expected: dict[UUID, ToMake] = {}
    for case in asking.cases:
        evidence = case.state.evidence
        requests = () if case.state.has_ended or case.state.is_granted_by_silence else evidence.requests.items()
        made = {name for name, request in requests if _is_to_be_made(request)}
        disputes = {name for name, dispute in evidence.disputes.items() if dispute.hash is None}
        if made or disputes:
            expected[case.case_id] = ToMake(
                case.case_id, tuple(sorted(made, key=str)), tuple(sorted(disputes, key=str))
            )

    async def scenario(views: Views) -> None:
        found = await views.evidence_requests.to_make(limit=10_000)
        assert {one.case_id: one._replace(disputes=tuple(sorted(one.disputes, key=str))) for one in found} == expected
        assert [one.case_id for one in found] == sorted(expected)
        assert await views.evidence_requests.to_make(after=found[0].case_id, limit=2) == found[1:3]

    assert len(expected) > 3
    asking.reads(scenario)
