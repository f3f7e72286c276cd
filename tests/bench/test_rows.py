"""Every row of the bench still runs, for a fraction of a second each. The figures are not judged here."""

from pathlib import Path

import pytest

from bench.figures import Measured, Standing, measured, ratios
from bench.ground import Ground
from bench.rounds import Result, measure
from bench.rows import ROWS, Row, rows_named
from bench.table import as_documents, print_table
from ledger.embedded.postgres import EmbeddedPostgres


def run_once(ground: Ground, row: Row, seconds: float = 0.4) -> Result:
    return measure(ground, row, seconds, 1, lambda _name, _number, _total: None)


QUICK = {"append-stock", "append-batches", "history"}
EVERY_ROW = [row if row.name in QUICK else pytest.param(row, marks=pytest.mark.slow) for row in ROWS]


@pytest.mark.parametrize("row", EVERY_ROW, ids=lambda row: row.name)
def test_a_row_measures_everybody(ground: Ground, row: Row) -> None:
    for seconds in (0.4, 3.0, 10.0):  # longer on a machine that is busy otherwise
        result = run_once(ground, row, seconds)
        measured_all = all(one.rate > 0 for one in (result.ours, result.peer, *result.beside))
        if measured_all:
            break

    assert measured_all


def test_all_commit_durably(data_folder: Path) -> None:
    # Servers with default settings: those that the tests share do not wait for the disk.
    with EmbeddedPostgres(data_folder / "durable") as running:
        ground = Ground(running, data_folder / "no log")

        assert "fsync, synchronous_commit, full_page_writes on" in ground.durability()


def test_a_table_shows_both_sides_the_ratio_and_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    ours = Standing("ours", (Measured(30, 1, 2), Measured(10, 1, 2), Measured(20, 1, 2)))
    peer = Standing("theirs", (Measured(10), Measured(10), Measured(10)))
    print_table([Result(ROWS[0], ours, peer, ())], 5, 3, "durable")
    shown = capsys.readouterr().out

    assert "20 events/s" in shown
    assert "2.00 (1.00-3.00)" in shown
    assert "missed" in shown
    assert f"python -m bench {ROWS[0].name} --seconds 5 --rounds 3" in shown


def test_where_a_tail_is_the_target_the_rate_does_not_matter(capsys: pytest.CaptureFixture[str]) -> None:
    row = ROWS[0]._replace(slowest=50)
    slow, quick = (Standing("ours", (Measured(1, 1, p99),)) for p99 in (51, 49))
    peer = Standing("theirs", (Measured(1000),))
    for ours, verdict in ((slow, "missed"), (quick, "reached")):
        print_table([Result(row, ours, peer, ())], 5, 3, "durable")

        assert verdict in capsys.readouterr().out


def test_a_ratio_is_that_of_what_stood_side_by_side() -> None:
    ours = Standing("ours", (Measured(10), Measured(40)))
    peer = Standing("theirs", (Measured(5), Measured(40)))

    assert ratios(ours, peer) == [2, 1]
    assert as_documents([Result(ROWS[0], ours, peer, ())])[0]["ratio"] == 1.5


def test_a_tail_is_the_slowest_hundredth() -> None:
    figures = measured([number / 1000 for number in range(101)], 2)

    assert figures.rate == 50.5
    assert figures.p50 == pytest.approx(50)
    assert figures.p99 == pytest.approx(99)


def test_a_row_is_found_by_the_beginning_of_its_name() -> None:
    assert [row.name for row in rows_named(["append"])] == ["append-stock", "append-naive", "append-batches"]
    with pytest.raises(ValueError, match="no row is called nothing"):
        rows_named(["nothing"])
