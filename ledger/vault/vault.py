"""The vault: a key for each person in each case. Only somebody who knows the person can find it.

How to use it: a key is durable before the append that uses it, and the append follows within the hour
(`ledger.vault.sweep` deletes keys without a case after that). No key is cached, so a shred takes effect everywhere at
once.
"""

import logging
from collections.abc import Sequence
from types import TracebackType
from typing import Self
from uuid import UUID

from ledger.postgresql.arrays import uuids
from ledger.postgresql.group_commit import Gatherer
from ledger.postgresql.task_ending import close_all
from ledger.vault.batches import Tagged, VaultBatches
from ledger.vault.key_encryption import KeyEncryption
from ledger.vault.line import VaultLine, VaultUnavailableError
from ledger.vault.mandates import VaultMandates
from ledger.vault.person_key import CaseKey, PartOf, Party, PersonCase, PersonLifeEvent, Role
from ledger.vault.seats import VaultSeats
from ledger.vault.vault_secrets import CONFLICT, IDEMPOTENCY, IMPORT, LIFE_EVENT, MANDATE, WEBHOOK, VaultSecrets

__all__ = [
    "CONFLICT",
    "IDEMPOTENCY",
    "IMPORT",
    "LIFE_EVENT",
    "MANDATE",
    "WEBHOOK",
    "CaseKey",
    "PartOf",
    "Party",
    "PersonCase",
    "PersonLifeEvent",
    "Role",
    "Vault",
    "VaultUnavailableError",
]

_KEYS_OF = "SELECT case_id, key_ref, role FROM vault.keys WHERE person_tag = %b ORDER BY case_id, role"
_SHRED = "DELETE FROM vault.keys WHERE person_tag = %b AND key_ref = ANY (%b)"
_NEWEST = UUID(int=(1 << 128) - 1)
_MOST_KEYS = 1000
_log = logging.getLogger(__name__)


class Vault:
    """The vault's database, through the role `pencere_vault`; use it as an async context manager.

    Every method may raise VaultUnavailableError, LedgerBusyError when too many requests wait already, and
    KeyEncryptionError when the key-encryption keys do not match the database.

    Args:
        url: the database, as the vault's role.
        key_encryption: wraps the keys.
        patience: seconds for which a statement is sent again while the database is away.
    """

    def __init__(self, url: str, key_encryption: KeyEncryption, *, patience: float = 10) -> None:
        self.key_encryption = key_encryption
        self.upkeep = VaultLine(url, patience=patience)
        self._reads, self._writes = VaultLine(url, patience=patience), VaultLine(url, patience=patience)
        self.seats = VaultSeats(self.upkeep)
        self.mandates = VaultMandates(self.upkeep, key_encryption)
        self._secrets = VaultSecrets(self.upkeep, key_encryption)
        batches = VaultBatches(self._reads, self._writes, key_encryption)
        self._maker = Gatherer[Sequence[Tagged], list[CaseKey]](batches.make, weigh=len, heaviest=_MOST_KEYS)
        self._dropper = Gatherer[UUID, None](batches.drop)
        self._finder = Gatherer[tuple[bytes, UUID, str], CaseKey | None](batches.find)
        self._parties = Gatherer[tuple[bytes, UUID], bool](batches.are_parties)
        self._opener = Gatherer[Sequence[UUID], dict[UUID, bytes]](batches.open, weigh=len, heaviest=_MOST_KEYS)
        self._lister = Gatherer[tuple[bytes, UUID, int], list[PersonCase]](batches.cases, most=64)
        self._life_events = Gatherer[tuple[bytes, UUID, int], list[PersonLifeEvent]](batches.life_events, most=64)

    async def __aenter__(self) -> Self:
        try:
            await self._secrets.load()
        except BaseException:
            await self.upkeep.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        askers = (
            self._maker,
            self._dropper,
            self._finder,
            self._parties,
            self._opener,
            self._lister,
            self._life_events,
        )
        lines = (self._reads, self._writes, self.upkeep)
        await close_all(*(asker.close for asker in askers), *(line.close for line in lines))

    def tag(self, issuer: str, subject: str) -> bytes:
        """Return the keyed hash under which the vault knows a person; it must not leave the vault."""
        return self._secrets.tag(issuer, subject)

    def derive(self, name: str, *parts: bytes) -> bytes:
        """Return 32 bytes that depend on every part, and that nobody can compute without this vault's secret.

        Args:
            name: CONFLICT, IDEMPOTENCY, IMPORT, LIFE_EVENT, MANDATE or WEBHOOK; each has a separate secret.
            parts: what to hash; the borders between the parts count too.
        """
        return self._secrets.derive(name, *parts)

    async def make_key(
        self,
        issuer: str,
        subject: str,
        case_id: UUID,
        role: Role,
        key_ref: UUID | None = None,
        part_of: PartOf | None = None,
    ) -> CaseKey:
        """Return the person's key in the case; if there was none, one is made and durable.

        It gets the given reference, and with it the vault remembers to which life event the case belongs.
        """
        return (await self._maker.ask([(self.tag(issuer, subject), case_id, role, key_ref, part_of)]))[0]

    async def drop_key(self, key_ref: UUID) -> None:
        """Destroy a key under which nothing is stored; whoever made it for an append knows that nothing will be."""
        await self._dropper.ask(key_ref)

    async def make_keys(self, parties: Sequence[Party]) -> list[CaseKey]:
        """Return the key of each party, in order, as `make_key` does: many to a transaction."""
        wanted: list[Tagged] = [
            (self.tag(each.issuer, each.subject), each.case_id, each.role, None, None) for each in parties
        ]
        made: list[CaseKey] = []
        for start in range(0, len(wanted), _MOST_KEYS):
            made += await self._maker.ask(wanted[start : start + _MOST_KEYS])
        return made

    async def find(self, issuer: str, subject: str, case_id: UUID, role: Role | None = None) -> CaseKey | None:
        """Return the person's key in the case, or None if the person has no part in it.

        Args:
            issuer: the issuer that vouches for the subject.
            subject: the person, as the issuer names it.
            case_id: the case.
            role: None means the applicant's or representative's key, and never a pseudonym.
        """
        return await self._finder.ask((self.tag(issuer, subject), case_id, role or ""))

    async def is_party(self, issuer: str, subject: str, case_id: UUID) -> bool:
        """Return whether the person must not decide the case.

        They are or were its applicant or a representative, or have or had a mandate of its applicant's.
        """
        return await self._parties.ask((self.tag(issuer, subject), case_id))

    async def open_keys(self, key_refs: Sequence[UUID]) -> dict[UUID, bytes]:
        """Return the keys by their references; a missing key was shredded, or was only a pseudonym.

        Raises:
            KeyBrokenError: one of them was changed or swapped in the database.
        """
        return await self._opener.ask(key_refs) if key_refs else {}

    async def cases_of(self, issuer: str, subject: str, before: UUID | None, limit: int) -> list[PersonCase]:
        """Return the person's own and represented cases below the case `before`, newest first."""
        return await self._lister.ask((self.tag(issuer, subject), before or _NEWEST, limit))

    async def life_events_of(self, issuer: str, subject: str, before: UUID | None, limit: int) -> list[PersonLifeEvent]:
        """Return the person's life events below the life event `before`, newest first."""
        if before is None:
            return await self._life_events.ask((self.tag(issuer, subject), _NEWEST, limit))
        if before.int == 0:
            return []
        return await self._life_events.ask((self.tag(issuer, subject), UUID(int=before.int - 1), limit))

    async def life_event(self, issuer: str, subject: str, life_event: UUID) -> PersonLifeEvent | None:
        """Return the life event, or None if it is not the person's."""
        found = await self._life_events.ask((self.tag(issuer, subject), life_event, 1))
        return found[0] if found and found[0].life_event == life_event else None

    async def keys_of(self, issuer: str, subject: str) -> list[PersonCase]:
        """Return all cases of a person, in every role, with the person's keys there."""
        return [PersonCase(*row) for row in await self.upkeep.run(_KEYS_OF, [self.tag(issuer, subject)])]

    async def shred(self, issuer: str, subject: str, told: Sequence[UUID]) -> None:
        """Destroy the listed keys of a person; for each of them `case.subject_erased` must have been appended first.

        A key that was made after the keys were listed stays; the next round announces and destroys it.
        """
        # The commit point. Deleted keys stay in the WAL and in backups until those are overwritten; rotating the
        # key-encryption key makes them useless there.
        await self.upkeep.run(_SHRED, [self.tag(issuer, subject), uuids(told)])
        try:
            await self.upkeep.vacuum()
        except VaultUnavailableError:
            _log.warning("keys are shredded; clearing their space is left to autovacuum")
