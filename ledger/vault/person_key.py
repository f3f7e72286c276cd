"""What the vault gives out: a person's key in one case."""

import os
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias
from uuid import UUID

Role: TypeAlias = Literal["applicant", "representative", "official", "reader"]
PSEUDONYM_ONLY = frozenset({"official", "reader"})
"""Whoever works on a case or looks at it has a name there, and nothing is ever sealed under it."""


@dataclass(frozen=True, slots=True)
class CaseKey:
    """A person's key in a case: `key_ref` is also the pseudonym there, `dek` is None for an official and a reader."""

    key_ref: UUID
    dek: bytes | None = field(repr=False)
    role: Role


@dataclass(frozen=True, slots=True)
class Party:
    """A person in a case: the subject as its issuer names it."""

    issuer: str = field(repr=False)
    subject: str = field(repr=False)
    case_id: UUID
    role: Role


class PersonCase(NamedTuple):
    """A case of a person, and the pseudonym that the person has in it."""

    case_id: UUID
    key_ref: UUID
    role: Role


class Attempt(NamedTuple):
    """Whether an official may be given a case: `made` and `found` come with the key, `tried` and `full` without.

    A key that was made is this attempt's alone, and is to be dropped when the case is lost.
    """

    verdict: Literal["made", "found", "tried", "full"]
    key_ref: UUID | None


def random_ref() -> UUID:
    """Return a key reference: 122 random bits, and nothing that tells when or where it was made."""
    return UUID(bytes=os.urandom(16), version=4)
