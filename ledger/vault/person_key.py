"""A person's key in one case, as the vault returns it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias
from uuid import UUID

Role: TypeAlias = Literal["applicant", "representative", "official", "reader"]
PSEUDONYM_ONLY = frozenset({"official", "reader"})
"""People who work on a case or look at it only have a pseudonym there; nothing is ever sealed under it."""


@dataclass(frozen=True, slots=True)
class CaseKey:
    """A person's key in a case: `key_ref` is also the pseudonym there; officials and readers have no `dek`."""

    key_ref: UUID
    dek: bytes | None = field(repr=False)
    role: Role


@dataclass(frozen=True, slots=True)
class Party:
    """A person who takes part in a case: issuer and subject of their token, and their role."""

    issuer: str = field(repr=False)
    subject: str = field(repr=False)
    case_id: UUID
    role: Role


class PersonCase(NamedTuple):
    """A case of a person, and the pseudonym that the person has in it."""

    case_id: UUID
    key_ref: UUID
    role: Role


class PartOf(NamedTuple):
    """The life event to which a case belongs, and the service that opens the cases of it."""

    life_event: UUID
    service: str


class PersonLifeEvent(NamedTuple):
    """A life event of a person: the service that opens its cases, and those cases, oldest first."""

    life_event: UUID
    service: str
    cases: Sequence[UUID]


class Attempt(NamedTuple):
    """Whether an official may be given a case: `made` and `found` come with the key, `tried` and `full` without.

    A key that was made belongs to this attempt alone; drop it when the official does not get the case.
    """

    verdict: Literal["made", "found", "tried", "full"]
    key_ref: UUID | None


def random_ref() -> UUID:
    """Return a key reference: 122 random bits, which do not show when or where it was made."""
    return UUID(bytes=os.urandom(16), version=4)
