"""The bench fills, rebuilds, serves and loads a small and a large ledger, and measures everything."""

import pytest

from bench.ground import Ground
from bench.large import compare


@pytest.mark.slow
def test_answers_at_few_events_and_at_many_are_measured(ground: Ground) -> None:
    shown: list[str] = []

    few, many, standings = compare(ground, (1000, 3000), 0.5, 1, lambda what, _done: shown.append(what))

    assert (few.events, many.events) == (1000, 3000)
    assert few.megabytes > 0
    assert many.rebuilt_in > 0
    assert [name for name, *_ in standings] == ["submit", "history"]
    assert all(standing.rate > 0 and standing.milliseconds("p99") for _, *both in standings for standing in both)
    assert shown[-1] == "round 1 of 1"
