"""PostgreSQL understands the arrays that we write ourselves."""

from collections.abc import Iterator, Sequence

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.embedded.postgres import EmbeddedPostgres
from ledger.postgresql import arrays

_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40)
_quick = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def connection(postgres: EmbeddedPostgres) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(postgres.ledger_url("pencere_writer"), autocommit=True) as opened:
        arrays.register(opened)
        yield opened


def _there_and_back(
    connection: psycopg.Connection[tuple[object, ...]], array: arrays.BinaryArray
) -> tuple[object, ...] | None:
    return connection.execute("SELECT %b, cardinality(%b)", [array, array], binary=True).fetchone()


@_quick
@given(st.lists(st.uuids()))
def test_uuids(connection: psycopg.Connection[tuple[object, ...]], values: list[object]) -> None:
    _check(connection, arrays.uuids(values), values)  # type: ignore[arg-type]


@_quick
@given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.none()))
def test_int8s_with_and_without_null(
    connection: psycopg.Connection[tuple[object, ...]], values: list[int | None]
) -> None:
    _check(connection, arrays.int8s(values), values)


@_quick
@given(st.lists(st.integers(-(2**31), 2**31 - 1)))
def test_int4s(connection: psycopg.Connection[tuple[object, ...]], values: list[int]) -> None:
    _check(connection, arrays.int4s(values), values)


@_quick
@given(st.lists(_TEXT))
def test_texts(connection: psycopg.Connection[tuple[object, ...]], values: list[str]) -> None:
    _check(connection, arrays.texts(values), values)


@_quick
@given(st.lists(st.binary(max_size=300)))
def test_byteas(connection: psycopg.Connection[tuple[object, ...]], values: list[bytes]) -> None:
    _check(connection, arrays.byteas(values), values)


def test_an_array_of_many_large_elements(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    values = [bytes([number % 256]) * 10_000 for number in range(500)]

    _check(connection, arrays.byteas(values), values)


def test_a_uuid_of_other_than_16_bytes_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        arrays.raw_uuids([bytes(15)])


def _check(
    connection: psycopg.Connection[tuple[object, ...]], array: arrays.BinaryArray, values: Sequence[object]
) -> None:
    assert _there_and_back(connection, array) == (list(values), len(values))
