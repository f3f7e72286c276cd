"""A catalogue of 2,000 services is read page by page; no page costs more than another."""

import tracemalloc
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from psycopg.rows import TupleRow

from api.linked_data.addresses import Addresses
from api.linked_data.documents import page
from api.linked_data.notations import json_ld, turtle
from api.linked_data.reading import BEGINNING, Place, Reading
from api.linked_data.statements import gathered
from application.access.callers import Role
from application.identity import agency_stream, register_stream, service_stream
from application.storing import new_events
from domain.agency.events import AgencyRegistered
from domain.envelope import Actor, Envelope
from domain.register.events import ElementsDefined, ResourceProposed
from domain.service.events import ServiceDrafted, ServicePublished
from ledger.embedded.postgres import EmbeddedPostgres
from projections.as_of import now
from projections.catalogue.queries import CatalogueReads
from projections.reading import ViewReader
from projections.resource_register.queries import ResourceRegister
from tests.api.running import RunningWindow, fresh_databases
from tests.domain.register_examples import BIRTH_DATE, FULL_SERVICE, PERSON_NUMBER, POPULATION
from tests.domain.town import TOWN

MANY = 2_000
AT = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
ADDRESSES = Addresses("https://window.example")
NOW = now(AT + timedelta(days=1))
REGISTER = [
    ElementsDefined(elements=(BIRTH_DATE, PERSON_NUMBER)),
    *(
        ResourceProposed(description=POPULATION.model_copy(update={"slug": slug}))
        for slug in ("land", "population-register", "vehicles")
    ),
]


class CountingReader(ViewReader):
    """Reads, and counts its statements."""

    statements = 0

    async def fetch(self, query: str, parameters: Sequence[object] = ()) -> list[TupleRow]:
        self.statements += 1
        return await super().fetch(query, parameters)


@pytest.fixture(scope="module")
def large(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningWindow]:
    """A window with 2,000 services, each of which opens two others."""
    with (
        fresh_databases(postgres, "large_catalogue") as where,
        RunningWindow(where, tmp_path_factory.mktemp("large")) as window,
    ):
        fill(window)
        anyone = window.somebody(Role.ANYONE, "anyone")
        with anyone.http:
            while anyone.asks("/v1/catalogue", position=window.everything_recorded()).status_code != 200:
                pass  # waits for the views
        yield window


def fill(window: RunningWindow) -> None:
    envelope = Envelope(
        actor=Actor(role="coordinator", pseudonym="c"), agencies=("town",), occurred_at=AT, origin="live"
    )
    town = AgencyRegistered(slug=TOWN.slug, name=TOWN.name, time_zone=TOWN.time_zone, desks=TOWN.desks, desk_limits={})
    window.appends(new_events(agency_stream(TOWN.slug), 0, [town], envelope, None))
    waiting = new_events(register_stream(), 0, REGISTER, envelope, None)
    for number in range(MANY):
        opens = (f"service-{(number + 1) % MANY}", f"service-{(number * 7) % MANY}")
        definition = FULL_SERVICE.model_copy(update={"slug": f"service-{number}", "opens": opens})
        events = [ServiceDrafted(version=1, definition=definition), ServicePublished(version=1)]
        waiting += new_events(service_stream(definition.slug), 0, events, envelope, None)
    for first in range(0, len(waiting), 200):
        window.appends(waiting[first : first + 200])


async def walk(reader: CountingReader, limit: int) -> tuple[list[int], list[str], list[int]]:
    """Return of each page how many statements it took, and the names of everything listed, in order."""
    reading, place = Reading(CatalogueReads(reader), ResourceRegister(reader), NOW), BEGINNING
    counts: list[int] = []
    names: list[str] = []
    sizes: list[int] = []
    following: Place | None = place
    while following is not None:
        before, place = reader.statements, following
        listed, following = await reading.page(place, limit)
        around = await reading.surroundings(listed)
        counts.append(reader.statements - before)
        statements = page(ADDRESSES, listed, around, at=ADDRESSES.catalogue, following=None)
        sizes.append(len(turtle(gathered(statements), ADDRESSES.prefixes)))
        for section in listed:
            names += [one.slug for one in section]
    return counts, names, sizes


def test_every_thing_is_on_one_page_and_no_page_takes_more_statements(large: RunningWindow) -> None:
    async def walked(limit: int) -> tuple[list[int], list[str], list[int]]:
        reader = CountingReader(large.where.reader)
        await reader.open()
        try:
            return await walk(reader, limit)
        finally:
            await reader.close()

    counts, names, sizes = large.runs(walked(100))
    assert len(names) == len(set(names)) == MANY + 4
    assert max(counts) <= 8
    assert max(sizes) < 20_000 * 100
    services = names[1:-3]
    assert all(one < two for one, two in pairwise(services))


def test_the_memory_of_a_page_is_that_of_its_own_things(large: RunningWindow) -> None:
    async def peak(limit: int, pages: int) -> int:
        reader = ViewReader(large.where.reader)
        await reader.open()
        reading, place = Reading(CatalogueReads(reader), ResourceRegister(reader), NOW), BEGINNING
        tracemalloc.start()
        try:
            for _ in range(pages):
                listed, following = await reading.page(place, limit)
                around = await reading.surroundings(listed)
                graph = gathered(page(ADDRESSES, listed, around, at=ADDRESSES.catalogue, following=None))
                json_ld(graph, ADDRESSES.prefixes)
                place = following or BEGINNING
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
            await reader.close()

    one, all_of_them = large.runs(peak(20, 1)), large.runs(peak(20, 10))

    assert all_of_them < 3 * one + 5_000_000
