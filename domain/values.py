"""Identifiers and small value types; texts for people are {language: text}."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Annotated, Any, Final, Literal, Self, TypeAlias
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    StrictBool,
    StrictInt,
    StrictStr,
    StringConstraints,
)
from pydantic.alias_generators import to_camel

from domain.text import LONGEST_LINE, LONGEST_PROSE

# Not blank, and without NUL: PostgreSQL's text and jsonb cannot hold it.
SAYS_SOMETHING: Final = r"^[^\x00]*[^\x00\s][^\x00]*$"
NAME_IN_CLEAR: Final = r"^[a-z0-9]+(-[a-z0-9]+)*$"
LONGEST_SLUG: Final = 63
NAME_OF_ELEMENT: Final = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$"
LONGEST_ELEMENT: Final = 100
DIGITS: Final = r"[0-9]{1,18}"  # of a position or a sequence, as text: whatever they are, a bigint holds them
LARGEST_NUMBER: Final = 2**53 - 1  # what JSON's readers agree about (RFC 8785); larger numbers are written as text
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_BARE_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - only added to: writing without a zone is three times faster
_MICROSECOND: Final = timedelta(microseconds=1)
_NO_PLACES: Final = frozenset({"Factory", "localtime"})  # names whose meaning is each machine's own


def rfc3339(at: datetime) -> str:
    """Return the instant in UTC as RFC 3339 with six digits and `Z`; all instants are written this way.

    Raises:
        ValueError: it has no time zone, so it is not an instant.
    """
    return f"{in_utc(at).isoformat(timespec='microseconds')[:-6]}Z"


def in_utc(at: datetime) -> datetime:
    """Return the same instant in UTC.

    Raises:
        ValueError: it has no time zone (the machine's own must never be assumed), or is outside of the years that
            Python can count.
    """
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("an instant lies within the years 1 to 9999") from error


def micros_at(at: datetime) -> int:
    """Return the instant in microseconds since 1970-01-01T00:00:00Z, as the ledger and its views count."""
    return (at - _EPOCH) // _MICROSECOND


def text_at(microseconds: int) -> str:
    """Return such an instant as it is written, in UTC as RFC 3339 with six digits and `Z`."""
    return (_BARE_EPOCH + timedelta(microseconds=microseconds)).isoformat(timespec="microseconds") + "Z"


def is_time_zone(name: str) -> bool:
    """Return whether the IANA database has a zone with exactly this name, with the same meaning on every machine."""
    return name in _time_zones()


@cache
def _time_zones() -> frozenset[str]:
    """Return the names of zones; reading them from the disk takes as long as deciding hundreds of events."""
    return frozenset(available_timezones()) - _NO_PLACES


Instant: TypeAlias = Annotated[AwareDatetime, AfterValidator(in_utc), PlainSerializer(rfc3339, when_used="json")]
"""A moment, always in UTC."""

Slug: TypeAlias = Annotated[str, StringConstraints(pattern=NAME_IN_CLEAR, max_length=LONGEST_SLUG)]
"""A name in clear that stands in addresses: an agency, a service, a desk."""

Pseudonym: TypeAlias = Annotated[str, StringConstraints(pattern=NAME_IN_CLEAR, max_length=64)]
"""Who somebody is within one case and nowhere else; for systems, their own slug."""

Hex32: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""32 bytes in hexadecimal."""

Line: TypeAlias = Annotated[str, StringConstraints(pattern=SAYS_SOMETHING, max_length=LONGEST_LINE)]
"""A short text that is not blank, as it is stored; `domain.text` says what people may give."""

Prose: TypeAlias = Annotated[str, StringConstraints(pattern=SAYS_SOMETHING, max_length=LONGEST_PROSE)]
"""A text that is not blank, as it is stored; `domain.text` says what people may give."""

LanguageTag: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$", max_length=35)]
"""A language as BCP 47 names it: az, en, ru, ar, und."""

Text: TypeAlias = Annotated[dict[LanguageTag, Prose], Field(min_length=1)]
"""A text for people, in at least one language."""

TimeZone: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_+/-]*$", max_length=64)]
"""The name of an IANA time zone; whether it exists is checked once, when an agency is registered."""

Element: TypeAlias = Annotated[str, StringConstraints(pattern=NAME_OF_ELEMENT, max_length=LONGEST_ELEMENT)]
"""The name of a data element: person.birth_date."""

ValueType: TypeAlias = Literal["text", "number", "date", "choice", "boolean"]
"""The form of a data element's value."""

Number: TypeAlias = Annotated[int, Field(ge=1)]
"""What is counted from 1: a version, a question, a secret."""

Party: TypeAlias = Literal["person", "organisation"]
"""What an applicant is, as the login has shown; who it is stands nowhere in clear."""

AnswerValue: TypeAlias = StrictStr | StrictBool | StrictInt
"""An answer to a question; a fraction is a text, because the open part has no floats."""


class Value(BaseModel):
    """A value that consists of parts and is compared by them; code names them in snake_case, HTTP only in camelCase."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, alias_generator=to_camel, populate_by_name=True
    )

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy, without the properties that were computed and cached from the original's parts."""
        copied = super().model_copy(update=update, deep=deep)
        for computed in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[computed]
        return copied


class Term(Value):
    """A legal period."""

    days: Annotated[int, Field(gt=0, le=36_525)]
    kind: Literal["working", "calendar"]
