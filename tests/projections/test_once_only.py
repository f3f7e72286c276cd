"""What once only comes to, as of any position, is what a plain count over the events says, case by case."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, get_args

import psycopg
import pytest

from ledger.embedded.postgres import ADMIN, EmbeddedPostgres
from projections.audit import Audited, audit_views
from projections.once_only.fold import VIEW as ONCE_ONLY
from projections.once_only.measures import rounded_up
from projections.once_only.queries import Wanted
from projections.once_only.tables import BLOCK_BITS
from projections.once_only.types import Per
from projections.rebuild import rebuild
from projections.views import Views
from tests.api.running import Where, fresh_databases
from tests.projections.evidence_town import EvidenceTown
from tests.projections.folding import fold
from tests.projections.lived import Lived, all_entries
from tests.projections.lives import append
from tests.projections.once_only_oracle import expected, known
from tests.projections.rows import differences, empty, rows_of

PERS: tuple[Per, ...] = get_args(Per)


@pytest.fixture(scope="module", params=[3, pytest.param(4, marks=pytest.mark.slow)], ids="seed-{}".format)
def town(request: pytest.FixtureRequest, postgres: EmbeddedPostgres) -> Iterator[Lived]:
    """A town whose services need evidence, which has lived for more than one block of positions."""
    with fresh_databases(postgres, f"evidence_town_{request.param}") as places:
        position = asyncio.run(append(places.writer, EvidenceTown(request.param).live(6000)))
        asyncio.run(fold(places.projector, position, [ONCE_ONLY], batch=97))
        yield Lived(places, asyncio.run(all_entries(places.writer)))


async def all_pages(views: Views, wanted: Wanted, position: int | None, limit: int) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    after: str | None = ""
    while after is not None:
        page = await views.once_only.page(wanted, position=position, after=after, limit=limit)
        items += [each.model_dump(mode="json", by_alias=True) for each in page.items]
        after = page.last
    return items


def test_the_counts_as_of_any_position_are_those_of_a_plain_count_over_the_events(town: Lived) -> None:
    last = town.told[-1].decoded.position
    positions = [None, *range(0, last, 977), last]
    assert last > 1 << BLOCK_BITS
    seen: Counter[str] = Counter()

    async def scenario(views: Views) -> None:
        for position in positions:
            everything = known(town.told, last if position is None else position)
            for per in PERS:
                found = await all_pages(views, Wanted(per), position, 2)
                for one, other in itertools.zip_longest(found, expected(everything, per, {})):
                    assert one == other, (position, per)
                seen.update(not_zero(found))

    town.reads(scenario)
    assert {name for name, many in seen.items() if many == 0} == set(), "no count is left untried"


def test_the_counts_of_any_choice_are_those_of_a_plain_count_over_its_events(town: Lived) -> None:
    last = town.told[-1].decoded.position
    everything, then = known(town.told, last), known(town.told, last // 2)
    columns = ("month", "service", "agency", "resource")
    values = {column: sorted({getattr(part, column) for part in everything.parts()}) for column in columns}
    chosen = [
        dict(zip(names, each, strict=True))
        for many in (1, 2, 3)
        for names in itertools.combinations(columns, many)
        for each in itertools.product(*(values[name][:2] for name in names))
    ]

    async def scenario(views: Views) -> None:
        for only in chosen:
            for per in PERS:
                wanted = Wanted(per, **only)
                assert await all_pages(views, wanted, None, 50) == list(expected(everything, per, only))
                assert await all_pages(views, wanted, last // 2, 1) == list(expected(then, per, only))

    town.reads(scenario)
    assert len(chosen) > 40


def not_zero(found: list[dict[str, Any]]) -> Counter[str]:
    """Return for each member how often it is something else than zero, or None."""
    told: Counter[str] = Counter()
    for item in found:
        for group, members in item.items():
            inside: Mapping[str, Any] = members if isinstance(members, dict) else {"": members}
            for name, value in inside.items():
                told[f"{group}.{name}"] += bool(value)
    return told


def test_what_becomes_of_requests_adds_up_to_those_that_were_made(town: Lived) -> None:
    async def scenario(views: Views) -> None:
        for per in PERS:
            for item in await all_pages(views, Wanted(per), None, 50):
                made = item["requests"].pop("made")
                assert made == sum(item["requests"].values())
                assert all(value >= 0 for value in item["requests"].values())

    town.reads(scenario)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))])
def test_folding_in_batches_of_any_size_is_folding_one_event_at_a_time(where: Where, seed: int) -> None:
    async def scenario() -> int:
        position = await append(where.writer, EvidenceTown(seed).live(700), 30)
        await fold(where.projector, position, [ONCE_ONLY], batch=37 + 50 * seed)
        return position

    position = asyncio.run(scenario())
    in_batches = rows_of(where.reader, [ONCE_ONLY])
    empty(where.projector, [ONCE_ONLY])
    asyncio.run(fold(where.projector, position, [ONCE_ONLY], batch=1))

    assert all(in_batches.values()), "every table has rows"
    assert differences(in_batches, rows_of(where.reader, [ONCE_ONLY])) == []


def test_a_rebuild_makes_the_live_rows_again_and_the_audit_finds_what_is_changed_by_hand(
    where: Where, owner: str, postgres: EmbeddedPostgres
) -> None:
    async def scenario() -> int:
        position = await append(where.writer, EvidenceTown(12).live(900), 30)
        await fold(where.projector, position, [ONCE_ONLY], batch=61)
        return position

    position = asyncio.run(scenario())
    live = rows_of(where.reader, [ONCE_ONLY])
    assert rebuild(owner, [ONCE_ONLY], lambda _done, _total: None) == position
    assert rows_of(where.reader, [ONCE_ONLY]) == live

    numbers = itertools.count()

    def audited() -> Audited:
        name = f"once_only_audit_{next(numbers)}"
        with psycopg.connect(postgres.ledger_url(ADMIN, "postgres"), autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name}".encode())
        [found] = audit_views(where.reader, postgres.ledger_url(ADMIN, name), [ONCE_ONLY], lambda _done, _total: None)
        return found

    assert audited().differences == []
    for table in ("tallies", "blocks", "changes"):
        with psycopg.connect(where.projector) as projector:
            change = f"UPDATE once_only.{table} SET amount = amount - %s WHERE measure = 'exception'"
            projector.execute(change.encode(), [1])
        assert {difference.table for difference in audited().differences} == {table}
        with psycopg.connect(where.projector) as projector:
            projector.execute(change.encode(), [-1])


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, 0), (1, 1), (99, 99), (100, 100), (101, 110), (994, 1000), (1000, 1000), (31_536_000, 32_000_000)],
)
def test_times_are_rounded_up_to_two_digits(seconds: int, shown: int) -> None:
    assert rounded_up(seconds) == shown
