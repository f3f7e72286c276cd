"""Deletes keys whose case was never stored: the process that made the key died before its append."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TypeAlias
from uuid import UUID

from ledger.postgresql.arrays import uuids
from ledger.vault.person_key import PSEUDONYM_ONLY
from ledger.vault.vault import Vault

_BATCH = 1000
_OLD = """
SELECT key_ref, case_id, role FROM vault.keys
 WHERE key_ref > %b AND created_at < now() - %s AND role NOT IN ('seat', 'desk') ORDER BY key_ref LIMIT %s
"""
_DELETE = "DELETE FROM vault.keys WHERE key_ref = ANY (%b) RETURNING key_ref"

Cases: TypeAlias = Callable[[Sequence[UUID]], Awaitable[set[UUID]]]


async def sweep(vault: Vault, cases: Cases, prevented: Cases, older_than: timedelta = timedelta(hours=1)) -> int:
    """Delete the keys of cases that the ledger does not have; return how many. What belongs to a desk stays.

    An append may still be under way for a key, however old: its process may have been stopped and go on now. So
    before a key that seals is deleted, the ledger is made to refuse its case permanently. Never sweep when the ledger
    was restored from a backup that is older than the vault.

    Args:
        vault: the vault.
        cases: returns which of the given ids are cases.
        prevented: makes sure that the given ids cannot become cases; returns the ids for which that is certain.
        older_than: younger keys are left alone, because most of their cases are just being submitted.
    """
    swept, after = 0, UUID(int=0)
    while rows := await vault.upkeep.run(_OLD, (after, older_than, _BATCH)):
        after = rows[-1][0]
        there = await cases(sorted({case_id for _, case_id, _ in rows}))
        lost = [row for row in rows if row[1] not in there]
        sealing = sorted({case_id for _, case_id, role in lost if role not in PSEUDONYM_ONLY})
        # A crash after this leaves ids that no case can have; the next sweep deletes their keys.
        sure = await prevented(sealing) if sealing else set()
        orphans = [key_ref for key_ref, case_id, role in lost if role in PSEUDONYM_ONLY or case_id in sure]
        swept += len(await vault.upkeep.run(_DELETE, [uuids(orphans)])) if orphans else 0
    return swept
