"""Defines an event: a fact with a stable name. Some of its fields may be sealed."""

from collections.abc import Iterable
from functools import cache
from typing import Any, ClassVar, Final

from pydantic import BaseModel, ConfigDict


class Sealed:
    """Marks a field that is stored only as ciphertext."""

    __slots__ = ()


SEALED: Final = Sealed()


class Event(BaseModel):
    """Something that has happened. Its name never changes.

    Open fields contain no personal data. A field marked `SEALED` is None when it was not opened or can no longer be
    opened. A mapping is sealed key by key, as `<field>.<key>`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    topic: ClassVar[str]
    schema_version: ClassVar[int] = 1

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Show open fields only: sealed data must not reach a log through an event's text."""
        sealed = sealed_fields(type(self))
        return [(name, value) for name, value in super().__repr_args__() if name not in sealed]


class UnknownEventError(Exception):
    """The event means nothing to this state: the stream is of another kind than expected."""

    def __init__(self, event: Event) -> None:
        super().__init__(f"an event of type {type(event).__name__} has no meaning here")


@cache
def sealed_fields(kind: type[Event]) -> tuple[str, ...]:
    """Return the names of the fields that are sealed."""
    return tuple(name for name, field in kind.model_fields.items() if SEALED in field.metadata)
