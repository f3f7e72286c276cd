"""Instants are stored in views as numbers and read back as the same instants."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from domain.values import in_utc, micros_at, rfc3339, text_at
from projections.instants import instant_at, micros

ANY_TIME = st.datetimes(timezones=st.timezones()).filter(lambda at: 1 < at.year < 9999)


@given(ANY_TIME)
def test_an_instant_comes_back_to_the_microsecond_whatever_its_zone(at: datetime) -> None:
    assert instant_at(micros_at(at)) == in_utc(at)
    assert micros(rfc3339(at)) == micros_at(at)


@given(ANY_TIME)
def test_an_instant_is_written_as_everywhere_else(at: datetime) -> None:
    assert text_at(micros_at(at)) == rfc3339(at)


def test_instants_are_counted_from_1970() -> None:
    assert micros_at(datetime(1970, 1, 1, tzinfo=UTC)) == 0
    assert micros("1970-01-01T00:00:01.000001Z") == 1_000_001
