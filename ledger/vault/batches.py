"""Answers the vault's questions of many callers by one statement."""

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias
from uuid import UUID

from psycopg.rows import TupleRow

from ledger.postgresql.arrays import byteas, int4s, texts, uuids
from ledger.vault.key_encryption import KekUnknownError, KeyEncryption, KeyEncryptionError, PlainKey, WrappedKey
from ledger.vault.line import VaultLine, VaultUnavailableError
from ledger.vault.person_key import (
    PSEUDONYM_ONLY,
    CaseKey,
    OpenedKey,
    PartOf,
    PersonCase,
    PersonLifeEvent,
    Role,
    random_ref,
)

# A person, a case and a role; and of a new key the reference, or None for any, and the life event, or None.
Tagged: TypeAlias = tuple[bytes, UUID, Role, UUID | None, PartOf | None]
Key: TypeAlias = bytes | KeyEncryptionError | None

DEK_LENGTH = 32
_OF_NO_LIFE_EVENT = PartOf(UUID(int=0), "")
_TRIES = 5

_DROP = "DELETE FROM vault.keys WHERE key_ref = ANY (%b)"
_MAKE = "SELECT at_key_ref, at_wrapped, at_kek_id, ordinal FROM vault.make_keys(%b, %b, %b, %b, %b, %b, %b, %b)"

# Without a role: the applicant's key or the representative's, in this order, and never a mere pseudonym.
_FIND = """
SELECT held.key_ref, held.wrapped, held.kek_id, u.o, k.role, held.is_own, held.mandate
  FROM unnest(%b, %b, %b) WITH ORDINALITY AS u (t, c, r, o)
 CROSS JOIN LATERAL (
       SELECT key_ref, wrapped, kek_id, role FROM vault.keys
        WHERE person_tag = t AND case_id = c AND (role = r OR (r = '' AND role IN ('applicant', 'representative')))
        ORDER BY role LIMIT 1) AS k
 CROSS JOIN LATERAL (
       SELECT k.key_ref, k.wrapped, k.kek_id, true AS is_own, NULL::uuid AS mandate
        UNION ALL
       SELECT other.key_ref, other.wrapped, other.kek_id, false, r.mandate
         FROM vault.recipients r JOIN vault.keys other ON other.key_ref = r.opens
        WHERE r.recipient = k.key_ref AND k.role IN ('representative', 'receiver')) AS held
"""

_ARE_PARTIES = """
SELECT u.o FROM unnest(%b, %b) WITH ORDINALITY AS u (t, c, o) WHERE vault.is_party(u.t, u.c)
"""

_OPEN = "SELECT key_ref, wrapped, kek_id FROM vault.keys WHERE key_ref = ANY (%b) AND wrapped IS NOT NULL"

_CASES_OF = """
SELECT u.o, k.case_id, k.key_ref, k.role
  FROM unnest(%b, %b, %b) WITH ORDINALITY AS u (t, b, l, o)
 CROSS JOIN LATERAL (
       SELECT DISTINCT ON (case_id) case_id, key_ref, role FROM vault.keys
        WHERE person_tag = t AND case_id < b AND role IN ('applicant', 'representative')
        ORDER BY case_id DESC, role LIMIT l) AS k
 ORDER BY u.o, k.case_id DESC
"""


_LIFE_EVENTS_OF = """
SELECT u.o, e.life_event, e.service, e.cases
  FROM unnest(%b, %b, %b) WITH ORDINALITY AS u (t, b, l, o)
 CROSS JOIN LATERAL (
       SELECT life_event, min(life_event_service) AS service, array_agg(case_id ORDER BY case_id) AS cases
         FROM vault.keys
        WHERE person_tag = t AND life_event <= b
        GROUP BY life_event ORDER BY life_event DESC LIMIT l) AS e
 ORDER BY u.o, e.life_event DESC
"""


class VaultBatches:
    """Answers batches; statements that make keys and statements that read them use separate connections."""

    def __init__(self, reads: VaultLine, writes: VaultLine, key_encryption: KeyEncryption) -> None:
        self._reads, self._writes, self._key_encryption = reads, writes, key_encryption

    async def make(self, batch: Sequence[Sequence[Tagged]]) -> Sequence[list[CaseKey] | Exception]:
        """Answer each question with its keys, in order; all are durable when this returns."""
        # Sorted, so that processes that want the same keys lock them in the same order.
        wanted = sorted({tagged for question in batch for tagged in question}, key=lambda tagged: tagged[:3])
        made: dict[Tagged, CaseKey | KeyEncryptionError] = {}
        for _ in range(_TRIES):
            made |= await self._make_once([tagged for tagged in wanted if tagged not in made])
            if len(made) == len(wanted):
                return [_together([made[tagged] for tagged in question]) for question in batch]
        raise VaultUnavailableError("the vault's keys change too fast")  # shredded or rotated in between, every time

    async def find(self, batch: Sequence[tuple[bytes, UUID, str]]) -> Sequence[CaseKey | KeyEncryptionError | None]:
        """Answer each person, case and role (or none) with the key, and the key that it lets open; or None."""
        tags, cases, roles = zip(*batch, strict=True)
        rows = await self._read(_FIND, (byteas(tags), uuids(cases), texts(roles)))
        found: list[CaseKey | KeyEncryptionError | None] = [None] * len(batch)
        others: dict[int, OpenedKey | KeyEncryptionError] = {}
        for (key_ref, _, _, ordinal, role, is_own, mandate), dek in rows:
            if is_own:
                found[ordinal - 1] = dek if isinstance(dek, KeyEncryptionError) else CaseKey(key_ref, dek, role)
            elif dek is not None:
                others[ordinal - 1] = OpenedKey(key_ref, dek, mandate) if isinstance(dek, bytes) else dek
        for place, other in others.items():
            own = found[place]
            if isinstance(own, CaseKey):
                found[place] = replace(own, opens=other) if isinstance(other, OpenedKey) else other
        return found

    async def are_parties(self, batch: Sequence[tuple[bytes, UUID]]) -> Sequence[bool]:
        """Answer for each person and case whether they are a party to it on the applicant's side."""
        tags, cases = zip(*batch, strict=True)
        parties = {row[0] - 1 for row in await self._reads.run(_ARE_PARTIES, (byteas(tags), uuids(cases)))}
        return [place in parties for place in range(len(batch))]

    async def open(self, batch: Sequence[Sequence[UUID]]) -> Sequence[dict[UUID, bytes] | Exception]:
        """Answer each set of references with those keys that are there."""
        refs = sorted({ref for question in batch for ref in question})
        opened: dict[UUID, Key] = {row[0]: dek for row, dek in await self._read(_OPEN, [uuids(refs)])}
        answers: list[dict[UUID, bytes] | Exception] = []
        for question in batch:
            keys = {ref: opened.get(ref) for ref in question}
            broken = next((key for key in keys.values() if isinstance(key, KeyEncryptionError)), None)
            answers.append(broken or {ref: key for ref, key in keys.items() if isinstance(key, bytes)})
        return answers

    async def cases(self, batch: Sequence[tuple[bytes, UUID, int]]) -> Sequence[list[PersonCase]]:
        """Answer each person, case and limit with the person's cases below that case, newest first."""
        tags, befores, limits = zip(*batch, strict=True)
        answers: list[list[PersonCase]] = [[] for _ in batch]
        for ordinal, *row in await self._reads.run(_CASES_OF, (byteas(tags), uuids(befores), int4s(limits))):
            answers[ordinal - 1].append(PersonCase(*row))
        return answers

    async def life_events(self, batch: Sequence[tuple[bytes, UUID, int]]) -> Sequence[list[PersonLifeEvent]]:
        """Answer each person, id and limit with the person's life events up to that id, newest first."""
        tags, up_to, limits = zip(*batch, strict=True)
        answers: list[list[PersonLifeEvent]] = [[] for _ in batch]
        for ordinal, *row in await self._reads.run(_LIFE_EVENTS_OF, (byteas(tags), uuids(up_to), int4s(limits))):
            answers[ordinal - 1].append(PersonLifeEvent(*row))
        return answers

    async def drop(self, batch: Sequence[UUID]) -> Sequence[None]:
        """Destroy the keys with these references."""
        await self._writes.run(_DROP, [uuids(batch)])
        return [None] * len(batch)

    async def _make_once(self, wanted: Sequence[Tagged]) -> dict[Tagged, CaseKey | KeyEncryptionError]:
        refs, fresh = [ref or random_ref() for *_, ref, _ in wanted], os.urandom(DEK_LENGTH * len(wanted))
        plain = [
            PlainKey(ref.bytes, fresh[start : start + DEK_LENGTH])
            for ref, start in zip(refs, range(0, len(fresh), DEK_LENGTH), strict=True)
        ]
        kek_id, wrapped = await self._key_encryption.wrap(plain)
        tags, cases, roles, _, parts = zip(*wanted, strict=True)
        events, services = zip(*(part or _OF_NO_LIFE_EVENT for part in parts), strict=True)
        stored = byteas([b"" if role in PSEUDONYM_ONLY else key for role, key in zip(roles, wrapped, strict=True)])
        # The commit point: when this returns, the keys are durable. If it is sent again, it finds the keys it stored.
        keyed = (uuids(refs), byteas(tags), uuids(cases), texts(roles), stored, kek_id)
        rows = await self._writes.run(_MAKE, (*keyed, uuids(events), texts(services)))
        made: dict[Tagged, CaseKey | KeyEncryptionError] = {}
        for (key_ref, _, _, ordinal), opened in zip(rows, await self._unwrap(rows), strict=True):
            tagged = wanted[ordinal - 1]
            is_ours = key_ref == refs[ordinal - 1] and tagged[2] not in PSEUDONYM_ONLY
            dek = plain[ordinal - 1].key if is_ours else opened
            if isinstance(dek, KekUnknownError):
                continue  # a rotation ended between the statement and here: ask again
            made[tagged] = dek if isinstance(dek, KeyEncryptionError) else CaseKey(key_ref, dek, tagged[2])
        return made

    async def _read(self, statement: str, parameters: Sequence[object]) -> list[tuple[TupleRow, Key]]:
        """Run a statement whose rows begin with key_ref, wrapped, kek_id; give each row its key."""
        for tries_left in reversed(range(_TRIES)):
            rows = await self._reads.run(statement, parameters)
            opened = await self._unwrap(rows)
            if not tries_left or not any(isinstance(key, KekUnknownError) for key in opened):
                break  # else a rotation ended between the statement and here: the rows are wrapped again by now
        return list(zip(rows, opened, strict=True))

    async def _unwrap(self, rows: Sequence[TupleRow]) -> list[Key]:
        stored = [WrappedKey(row[0].bytes, row[2], row[1]) for row in rows if row[1] is not None]
        keys = iter(await self._key_encryption.unwrap(stored) if stored else [])
        return [None if row[1] is None else next(keys) for row in rows]


def _together(keys: Sequence[CaseKey | KeyEncryptionError]) -> list[CaseKey] | Exception:
    broken = next((key for key in keys if isinstance(key, KeyEncryptionError)), None)
    return broken or [key for key in keys if isinstance(key, CaseKey)]
