"""Stores instants in views as microseconds since 1970-01-01T00:00:00Z, as the ledger does."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

from domain.values import micros_at, rfc3339

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(instant: str) -> int:
    """Return the microseconds of an RFC 3339 instant."""
    return micros_at(datetime.fromisoformat(instant))


def instant_at(microseconds: int) -> datetime:
    """Return the instant, in UTC."""
    return _EPOCH + timedelta(microseconds=microseconds)


def _from_row(value: object) -> object:
    return instant_at(value) if isinstance(value, int) else value


RowInstant = Annotated[
    datetime, BeforeValidator(_from_row), PlainSerializer(rfc3339, return_type=str, when_used="json")
]
