"""The size of an event is measured in every place that stores a part of it."""

import pytest

from bench.ground import Ground
from bench.sizes import measure
from projections.folds import ALL_VIEWS


@pytest.mark.slow
def test_every_place_that_keeps_something_of_an_event_is_measured(ground: Ground) -> None:
    sizes = {one.where: one for one in measure(ground, 1000)}

    assert {f"view {view.name}" for view in ALL_VIEWS} < sizes.keys()
    assert all(one.each > 0 for one in sizes.values())
    assert sizes["vault"].number == 100
    assert sizes["Kafka, auditors' topic"].each > sizes["Kafka, topic for replicas"].each > 200
