"""The vault's part in mandates: to whom one is offered, and who can open whose key because of one."""

import os
from collections.abc import Sequence
from typing import Literal, NamedTuple
from uuid import UUID

from ledger.postgresql.arrays import byteas
from ledger.vault.key_encryption import KeyEncryption, PlainKey
from ledger.vault.line import VaultLine, VaultUnavailableError
from ledger.vault.person_key import CaseKey, PersonCase

_TRIES = 5
_KEY_LENGTH = 32

_OFFER = "INSERT INTO vault.offers (giver, tag) VALUES (%b, %b) ON CONFLICT DO NOTHING"
_LET_OPEN = "SELECT vault.let_open(%b, %b, %b)"
_CLOSE = "DELETE FROM vault.recipients WHERE recipient = %b AND mandate IS NOT DISTINCT FROM %b"
_MAKE = "SELECT vault.make_for_giver(%b, %b, %b, %b, %b)"
_END = """
WITH offered AS (DELETE FROM vault.offers WHERE giver = %b),
     ended AS (DELETE FROM vault.recipients WHERE mandate = %b RETURNING recipient)
SELECT k.case_id, k.key_ref, k.role FROM ended JOIN vault.keys k ON k.key_ref = ended.recipient
 WHERE k.role = 'representative'
"""
_OFFERED = """
SELECT g.key_ref FROM vault.keys g JOIN vault.offers o ON o.giver = g.key_ref
 WHERE g.case_id = %b AND o.tag = ANY (%b)
"""
_OF_PERSON = """
SELECT DISTINCT ON (mandate) mandate, key_ref, part FROM (
    (SELECT case_id AS mandate, key_ref, role AS part FROM vault.keys
      WHERE person_tag = %b AND case_id < %b AND role IN ('giver', 'receiver') ORDER BY case_id DESC LIMIT %b)
     UNION ALL
    (SELECT g.case_id, g.key_ref, 'offered' FROM vault.offers o JOIN vault.keys g ON g.key_ref = o.giver
      WHERE o.tag = ANY (%b) AND g.case_id < %b ORDER BY g.case_id DESC LIMIT %b)) AS known
 ORDER BY mandate DESC, part = 'offered' LIMIT %b
"""
_IS_GIVERS = """
SELECT 1 FROM vault.keys g JOIN vault.keys k ON k.person_tag = g.person_tag
 WHERE g.key_ref = %b AND g.role = 'giver' AND k.key_ref = %b AND k.role = 'applicant'
"""
_CASES_OF_GIVER = """
SELECT k.case_id FROM vault.keys g JOIN vault.keys k ON k.person_tag = g.person_tag
 WHERE g.key_ref = %b AND g.role = 'giver' AND k.role = 'applicant' AND k.case_id < %b ORDER BY k.case_id DESC LIMIT %b
"""


class KnownMandate(NamedTuple):
    """A mandate, and what somebody has to do with it: with their own key in it, or the giver's if it is offered."""

    mandate: UUID
    key_ref: UUID
    part: Literal["giver", "receiver", "offered"]


class VaultMandates:
    """What the vault knows of mandates. Every method may raise VaultUnavailableError.

    Args:
        line: a connection to the vault's database.
        key_encryption: wraps the keys.
    """

    def __init__(self, line: VaultLine, key_encryption: KeyEncryption) -> None:
        self._line, self._key_encryption = line, key_encryption

    async def offer(self, giver: UUID, tag: bytes) -> None:
        """Remember to whom the mandate of that giver's key is offered, as a keyed hash."""
        await self._line.run(_OFFER, (giver, tag))

    async def offered(self, mandate: UUID, tags: Sequence[bytes]) -> UUID | None:
        """Return the giver's key of a mandate that is offered to one of these; None if it is not."""
        rows = await self._line.run(_OFFERED, (mandate, byteas(tags)))
        return rows[0][0] if rows else None

    async def let_open(self, holder: UUID, opened: UUID, because_of: UUID | None) -> None:
        """Let the holder of one key open another; a mandate of that key is offered no longer."""
        await self._line.run(_LET_OPEN, (holder, opened, because_of))

    async def close_to(self, holder: UUID, because_of: UUID | None) -> None:
        """Let the holder of a key no longer open what they could because of that mandate."""
        await self._line.run(_CLOSE, (holder, because_of))

    async def end(self, giver: UUID, mandate: UUID) -> list[PersonCase]:
        """Let nobody open anything because of a mandate; return the cases in which somebody could until now."""
        return [PersonCase(*row) for row in await self._line.run(_END, (giver, mandate))]

    async def make_for_giver(self, giver: UUID, case_id: UUID, key_ref: UUID) -> CaseKey | None:
        """Return a new key of whoever has given a mandate, under this reference, as the applicant of a new case.

        None: they are erased.
        """
        dek = os.urandom(_KEY_LENGTH)
        for _ in range(_TRIES):
            kek_id, (wrapped,) = await self._key_encryption.wrap([PlainKey(key_ref.bytes, dek)])
            # The commit point: when this returns, the key is durable.
            rows = await self._line.run(_MAKE, (key_ref, giver, case_id, wrapped, kek_id))
            if rows:
                return CaseKey(key_ref, dek, "applicant") if rows[0][0] == "made" else None
        raise VaultUnavailableError("the vault's keys change too fast")  # rotated in between, every time

    async def of_person(self, person: bytes, tags: Sequence[bytes], before: UUID, limit: int) -> list[KnownMandate]:
        """Return the mandates that somebody has given, has accepted or is offered, below an id, the newest first.

        Args:
            person: the person's tag.
            tags: the keyed hashes of how their login names them.
            before: the id.
            limit: how many at most.
        """
        asked = (person, before, limit, byteas(tags), before, limit, limit)
        return [KnownMandate(*row) for row in await self._line.run(_OF_PERSON, asked)]

    async def is_givers(self, giver: UUID, applicant: UUID) -> bool:
        """Return whether the applicant of a case is who holds this giver's key."""
        return bool(await self._line.run(_IS_GIVERS, (giver, applicant)))

    async def cases_of_giver(self, giver: UUID, before: UUID, limit: int) -> list[UUID]:
        """Return the cases of whoever holds this giver's key as the applicant, below an id, the newest first."""
        return [row[0] for row in await self._line.run(_CASES_OF_GIVER, (giver, before, limit))]
