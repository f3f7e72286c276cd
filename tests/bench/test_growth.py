"""Each layout of the event table can be filled, read and appended to, and follows the rules of a ledger."""

import asyncio
from uuid import UUID

import psycopg
import pytest

from bench.append import append_together
from bench.ground import Ground
from bench.growth.comparing import Workload, compare
from bench.growth.filled import filled
from bench.growth.layouts import LAYOUTS, Layout
from ledger.embedded.postgres import EmbeddedPostgres
from ledger.store.entries import StoredEntry
from tests.ledger.audit import check_ledger

FEW, EVENTS = 1000, 2000
EVERY_LAYOUT = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=lambda layout: layout.name)


def nobody(_done: int) -> None:
    """Show no progress."""


@EVERY_LAYOUT
def test_a_layout_is_measured_at_few_and_at_many(ground: Ground, layout: Layout) -> None:
    for seconds in (0.1, 0.5, 3.0):  # longer if the disk stands still for as long as that
        grown = compare(ground, layout, Workload(FEW, EVENTS, 100, seconds, 1), lambda _what, _done: None)
        rates = [figure.rate for one in grown for round_ in one.rounds for figure in round_]
        if all(rates):
            break

    assert [(one.layout, one.events, one.keys) for one in grown[-1:]] == [(layout.name, EVENTS, 100)]
    assert all(rate > 0 for rate in rates)
    assert all(size > 0 for one in grown for size in one.sizes)


@EVERY_LAYOUT
def test_a_layout_keeps_the_rules_and_reads_streams_whole(postgres: EmbeddedPostgres, layout: Layout) -> None:
    with (
        filled(postgres, layout, FEW, 50, nobody) as name,
        psycopg.connect(postgres.ledger_url("pencere_writer", name)) as connection,
    ):
        asyncio.run(append_together(postgres.ledger_url("pencere_writer", name), 4, 0.1))
        longest = "SELECT stream, count(*) FROM ledger.events GROUP BY stream ORDER BY 2 DESC LIMIT 1"
        stream, count = connection.execute(longest).fetchall()[0]
        read = [StoredEntry(*row) for row in connection.execute(layout.read_stream.encode(), [stream]).fetchall()]

        assert check_ledger(postgres.ledger_url("pencere_owner", name)) > FEW
        assert [entry.version for entry in read] == list(range(1, count + 1))
        assert {entry.stream for entry in read} == {UUID(str(stream))}
