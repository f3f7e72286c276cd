"""Takes away keys whose case never came to be: the process that made the key died before its append."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from uuid import UUID

from ledger.arrays import uuids
from ledger.vault import Vault

_BATCH = 1000
_OLD = """
SELECT key_ref, case_id FROM vault.keys
 WHERE key_ref > %b AND created_at < now() - %s ORDER BY key_ref LIMIT %s
"""
_DELETE = "DELETE FROM vault.keys WHERE key_ref = ANY (%b) RETURNING key_ref"


async def sweep(
    vault: Vault,
    exists: Callable[[Sequence[UUID]], Awaitable[set[UUID]]],
    older_than: timedelta = timedelta(hours=1),
) -> int:
    """Delete the keys of cases that the ledger does not have; return how many.

    An append may be under way for a key that was just made. Its case is told from an orphan by age alone, so
    `older_than` must be longer than any caller goes on trying to append after it has made the key. Never sweep
    beside a ledger that was restored from an older backup than the vault.

    Args:
        vault: the vault.
        exists: tells which of the given cases have a stream in the ledger.
        older_than: younger keys are left alone.
    """
    swept, after = 0, UUID(int=0)
    while rows := await vault.upkeep.run(_OLD, (after, older_than, _BATCH)):
        after = rows[-1][0]
        there = await exists(sorted({case_id for _, case_id in rows}))
        orphans = [key_ref for key_ref, case_id in rows if case_id not in there]
        # A crash before or after this leaves orphans for the next sweep, and no case without its key.
        swept += len(await vault.upkeep.run(_DELETE, [uuids(orphans)])) if orphans else 0
    return swept
