"""A person's key in one case, as the vault returns it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias
from uuid import UUID

Role: TypeAlias = Literal[
    "applicant", "representative", "official", "reader", "seat", "desk", "giver", "receiver", "auditor"
]
"""What somebody is in a case; a `seat` is an official's at a desk, and a `desk` has the key of its draws.

A giver and a receiver are of a mandate, an auditor is of an opening of identities.
"""
PSEUDONYM_ONLY = frozenset({"official", "reader", "seat", "receiver", "auditor"})
"""Those under whose key nothing is ever sealed: they only have a pseudonym."""


@dataclass(frozen=True, slots=True)
class OpenedKey:
    """Another's key that the holder of a key can open, because of a mandate (None: of what their login proves)."""

    key_ref: UUID
    dek: bytes = field(repr=False)
    mandate: UUID | None


@dataclass(frozen=True, slots=True)
class CaseKey:
    """A person's key in a case: `key_ref` is also the pseudonym there; officials and readers have no `dek`.

    `opens` is the key of whoever the person represents, as long as the vault lets them open it.
    """

    key_ref: UUID
    dek: bytes | None = field(repr=False)
    role: Role
    opens: OpenedKey | None = None


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


def random_ref() -> UUID:
    """Return a key reference: 122 random bits, which do not show when or where it was made."""
    return UUID(bytes=os.urandom(16), version=4)
