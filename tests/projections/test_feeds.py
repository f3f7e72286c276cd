"""Each agency's feed has every event that names it, numbered without a gap, and chained under any filter."""

import asyncio
from collections.abc import Sequence
from random import Random
from typing import Final

import pytest

from domain.service.events import ServiceDrafted
from projections.agency_feed.fold import VIEW as AGENCY_FEED
from projections.agency_feed.types import Delivery
from projections.views import Views
from tests.api.running import Where
from tests.projections.folding import fold
from tests.projections.lived import Lived, all_entries
from tests.projections.lives import ZONES, Country, append

TOPICS_ASKED: Final[Sequence[list[str] | None]] = (
    None,
    ["case.submitted"],
    ["case.closed", "case.decided", "look.recorded"],
    ["nobodys"],
    [],
)
SERVICES_ASKED: Final[Sequence[list[str] | None]] = (None, ["permit"], ["grant", "berth", "permit"], ["nobodys"], [])


def expected_feed(
    lived: Lived, agency: str, topics: list[str] | None = None, services: list[str] | None = None
) -> list[Delivery]:
    """Return what the agency should get under a filter, computed from the ledger alone."""
    of_service = {case.case_id: case.state.service for case in lived.cases}
    for told in lived.told:
        if isinstance(told.event, ServiceDrafted):
            of_service[told.entry.stream] = told.event.definition.slug
    concerned = [told.entry for told in lived.told if agency in told.decoded.envelope.agencies]
    deliveries: list[Delivery] = []
    for sequence, entry in enumerate(concerned, start=1):
        service = of_service.get(entry.stream)
        if (topics is None or entry.topic in topics) and (services is None or service in services):
            previous = deliveries[-1].sequence if deliveries else 0
            deliveries.append(Delivery(sequence, previous, service, entry))
    return deliveries


@pytest.mark.parametrize("agency", ZONES)
def test_an_agencys_events_are_numbered_from_one_without_a_gap(lived: Lived, agency: str) -> None:
    async def scenario(views: Views) -> tuple[list[Delivery], int]:
        return await views.agency_feed.page(agency, 0, 10_000), await views.agency_feed.last_sequence(agency)

    feed, last = lived.reads(scenario)

    assert feed == expected_feed(lived, agency)
    assert [delivery.sequence for delivery in feed] == list(range(1, last + 1))
    assert [delivery.previous for delivery in feed] == list(range(last))
    assert last > 100


@pytest.mark.parametrize("limit", [7, 10_000])
@pytest.mark.parametrize("services", SERVICES_ASKED, ids=str)
@pytest.mark.parametrize("topics", TOPICS_ASKED, ids=str)
def test_a_feed_is_one_chain_whatever_is_left_out_and_however_it_is_cut(
    lived: Lived, topics: list[str] | None, services: list[str] | None, limit: int
) -> None:
    async def scenario(views: Views) -> list[Delivery]:
        feed: list[Delivery] = []
        after = 0
        while page := await views.agency_feed.page("harbour", after, limit, topics=topics, services=services):
            assert len(page) <= limit
            feed += page
            after = page[-1].sequence
        return feed

    assert lived.reads(scenario) == expected_feed(lived, "harbour", topics, services)


@pytest.mark.parametrize(("topics", "services"), [(["case.closed"], None), (["case.closed"], ["permit"]), (None, None)])
def test_a_reader_may_go_on_after_any_number_delivered_or_not(
    lived: Lived, topics: list[str] | None, services: list[str] | None
) -> None:
    whole = expected_feed(lived, "harbour", topics, services)

    async def scenario(views: Views) -> None:
        last = await views.agency_feed.last_sequence("harbour")
        for after in range(0, last + 2, 5):
            page = await views.agency_feed.page("harbour", after, 2, topics=topics, services=services)
            assert page == [delivery for delivery in whole if delivery.sequence > after][:2]

    lived.reads(scenario)


def test_nobody_else_has_a_feed(lived: Lived) -> None:
    async def scenario(views: Views) -> None:
        assert await views.agency_feed.page("nowhere", 0, 10) == []
        assert await views.agency_feed.last_sequence("nowhere") == 0

    lived.reads(scenario)


@pytest.mark.parametrize(
    ("topics", "services"), [(None, None), (["case.submitted"], None), (None, ["permit", "berth"])]
)
def test_a_large_event_comes_alone_and_nothing_is_left_out(
    where: Where, topics: list[str] | None, services: list[str] | None
) -> None:
    """A thousand large events together might be more than the process that answers can hold."""
    drawn = Random(3)
    events = [
        event._replace(sealed=bytes(drawn.choice([30_000, 40_000]))) if event.sealed else event
        for event in Country(41).live(300)
    ]
    asyncio.run(fold(where.projector, asyncio.run(append(where.writer, events)), [AGENCY_FEED]))
    lived = Lived(where, asyncio.run(all_entries(where.writer)))

    async def scenario(views: Views) -> list[list[Delivery]]:
        pages: list[list[Delivery]] = []
        after = 0
        while page := await views.agency_feed.page("harbour", after, 1000, topics=topics, services=services):
            pages.append(page)
            after = page[-1].sequence
        return pages

    pages = lived.reads(scenario)

    assert [delivery for page in pages for delivery in page] == expected_feed(lived, "harbour", topics, services)
    large = [page for page in pages for delivery in page if len(delivery.entry.sealed) == 40_000]
    assert large
    assert all(len(page) == 1 for page in large)
    assert max(map(len, pages)) > 1
