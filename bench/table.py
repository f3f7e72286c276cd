"""Prints the results: both sides, their ratio, the target, and the command that repeats the measurement."""

import os
from collections.abc import Sequence
from statistics import median

from rich.console import Console
from rich.table import Table

from bench.figures import Standing, ratios
from bench.rounds import Result

_WIDTH = 150


def print_table(results: Sequence[Result], seconds: float, rounds: int, durability: str) -> None:
    """Print the table, and under it each row's remark and command."""
    console = Console(width=_WIDTH, highlight=False)
    table = Table("row", "Pencere", "p50 / p99 ms", "against", "", "p50 / p99 ms", "ratio", "target", "")
    for column in (1, 4, 6, 7):
        table.columns[column].justify = "right"
    for result in results:
        table.add_row(*_cells(result))
        for one in result.beside:
            table.add_row("", "", "", one.name, _rate(one), _tail(one), _ratio(ratios(result.ours, one)), "", "")
    console.print(table)
    console.print(
        f"Medians of {rounds} rounds of {seconds:g} s in turn; the ratio is the median of the rounds' own ratios,"
        f" in brackets the lowest and the highest.\n{durability}; {os.cpu_count()} cores,"
        f" load {os.getloadavg()[0]:.1f} (what others do here counts in it)."
    )
    for result in results:
        console.print(f"\n{result.row.name}: {result.row.remark} {_notes(result)}")
        console.print(f"  python -m bench {result.row.name} --seconds {seconds:g} --rounds {rounds}")


def as_documents(results: Sequence[Result]) -> list[dict[str, object]]:
    """Return the results for JSON."""
    return [
        {
            "row": result.row.name,
            "unit": result.row.unit,
            "target": result.row.target,
            "slowest": result.row.slowest,
            "ratio": median(ratios(result.ours, result.peer)),
            "ratios": ratios(result.ours, result.peer),
            "contenders": {
                one.name: [measured._asdict() for measured in one.rounds]
                for one in (result.ours, result.peer, *result.beside)
            },
        }
        for result in results
    ]


def _cells(result: Result) -> Sequence[str]:
    row, found = result.row, ratios(result.ours, result.peer)
    if row.slowest is None:
        target, is_reached = f">= {row.target:g}", median(found) >= row.target
    else:
        target = f"p99 <= {row.slowest:g} ms"
        is_reached = (result.ours.milliseconds("p99") or float("inf")) <= row.slowest
    return (
        row.name,
        f"{_rate(result.ours)} {row.unit}",
        _tail(result.ours),
        result.peer.name,
        _rate(result.peer),
        _tail(result.peer),
        _ratio(found),
        target,
        "reached" if is_reached else "missed",
    )


def _rate(standing: Standing) -> str:
    return f"{standing.rate:,.0f}"


def _tail(standing: Standing) -> str:
    p50, p99 = standing.milliseconds("p50"), standing.milliseconds("p99")
    return "-" if p50 is None or p99 is None else f"{p50:.2f} / {p99:.2f}"


def _ratio(found: Sequence[float]) -> str:
    return f"{median(found):.2f} ({min(found):.2f}-{max(found):.2f})"


def _notes(result: Result) -> str:
    notes = [f"{one.name}: {one.note}." for one in (result.ours, result.peer) if one.note]
    return " ".join(notes)
