"""The comparison of two foldings finds every row that differs."""

import asyncio

import psycopg
import pytest

from tests.api.running import Where
from tests.projections.folding import fold
from tests.projections.lives import Country, append
from tests.projections.rows import differences, empty, rows_of


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("SELECT 1", []),
        ("UPDATE case_status.cases SET version = version", []),
        (
            "UPDATE agency_feed.deliveries SET position = 0 WHERE (agency, sequence) = ('lake', 1)",
            ["the first", "the second"],
        ),
        ("DELETE FROM agency_feed.deliveries WHERE (agency, sequence) = ('hill', 1)", ["the first"]),
        ("UPDATE worklist.tracking SET position = position + 1", ["the first", "the second"]),
        ("INSERT INTO service_performance.totals VALUES ('x', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)", ["the second"]),
    ],
)
def test_a_single_row_that_differs_is_found(where: Where, change: str, found: list[str]) -> None:
    position = asyncio.run(append(where.writer, Country(1).live(60)))
    asyncio.run(fold(where.projector, position))
    before = rows_of(where.reader)
    with psycopg.connect(where.projector) as projector:
        projector.execute(change.encode())

    assert [each.only_in for each in differences(before, rows_of(where.reader))] == found


def test_emptied_views_have_no_rows_but_their_positions(where: Where) -> None:
    fresh = rows_of(where.reader)
    asyncio.run(fold(where.projector, asyncio.run(append(where.writer, Country(1).live(60)))))
    assert differences(fresh, rows_of(where.reader)) != []

    empty(where.projector)

    assert differences(fresh, rows_of(where.reader)) == []
