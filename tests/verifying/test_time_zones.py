"""The law counts dates that events pin, so an auditor with other time zone rules finds the same."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.case.deadlines import local_date
from tests.domain.other_zones import other_time_zones
from tests.projections.lives import ZONES
from tests.verifying.held import Held


@pytest.mark.parametrize("hours", [-12, 14])
def test_an_honest_ledger_is_sound_under_another_time_zone_database(held: Held, tmp_path: Path, hours: int) -> None:
    at = datetime(2026, 11, 24, 12, tzinfo=UTC)
    dates = [local_date(at, zone) for zone in ZONES.values()]
    with other_time_zones(tmp_path, ZONES.values(), hours):
        assert [local_date(at, zone) for zone in ZONES.values()] != dates, "the rules are others indeed"
        assert held.finds().findings == []
