"""Gives the vault a new key-encryption key while it is in use; old backups of wrapped keys become useless."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Literal, TypeAlias
from uuid import UUID

from ledger.postgresql.arrays import byteas, texts, uuids
from ledger.vault.key_encryption import KeyEncryptionError, PlainKey, WrappedKey
from ledger.vault.vault import Vault

Point: TypeAlias = Literal["renewed", "retired", "rewrapped", "checked", "dropped"]

_BATCH = 500
_OLDEST = UUID(int=0)

_RETIRE = "SELECT vault.retire(%b)"
_KEYS = """
SELECT key_ref, wrapped, kek_id FROM vault.keys
 WHERE key_ref > %b AND kek_id = ANY (%b) ORDER BY key_ref LIMIT %b
"""
_REWRAP_KEYS = """
UPDATE vault.keys AS k SET wrapped = u.w, kek_id = %b
  FROM unnest(%b, %b, %b) AS u (r, w, old) WHERE k.key_ref = u.r AND k.kek_id = u.old
"""
_SECRETS = "SELECT name, wrapped, kek_id FROM vault.secrets WHERE kek_id = ANY (%b)"
_REWRAP_SECRETS = """
UPDATE vault.secrets AS s SET wrapped = u.w, kek_id = %b
  FROM unnest(%b, %b, %b) AS u (n, w, old) WHERE s.name = u.n AND s.kek_id = u.old
"""
_LEFT = """
SELECT (SELECT count(*) FROM vault.keys WHERE kek_id = ANY (%b))
     + (SELECT count(*) FROM vault.secrets WHERE kek_id = ANY (%b))
"""


async def rotate(vault: Vault, reached: Callable[[Point, int], None] = lambda _point, _count: None) -> int:
    """Wrap everything with a new key-encryption key and delete the old one; return how many keys were rewrapped.

    It may be interrupted anywhere and called again: it goes on with the same new key.

    Args:
        vault: the vault, which may be in use by any number of processes.
        reached: called after each step with the number of keys rewrapped so far.

    Raises:
        KeyEncryptionError: a stored key does not unwrap; the old key-encryption key is kept.
    """
    # From here on the new key is durable and current. After a crash here both keys exist, and everything opens.
    old = await vault.key_encryption.begin_rotation()
    if not old:
        return 0
    count = 0
    reached("renewed", count)
    # After this, a process that wrapped with an old key but has not stored yet is refused, and wraps again. What was
    # stored before is seen by the scan below. After a crash here: the same.
    await vault.upkeep.run(_RETIRE, [texts(old)])
    reached("retired", count)
    while await _left(vault, old):
        async for rewrapped in _rewrap(vault, old):
            count += rewrapped
            # Each batch is a transaction. After a crash here some keys are wrapped with the old key, some with the new.
            reached("rewrapped", count)
    reached("checked", count)
    # The commit point: after this, wrapped keys in old backups and the WAL are useless.
    await vault.key_encryption.drop(old)
    reached("dropped", count)
    return count


async def _left(vault: Vault, old: Sequence[str]) -> bool:
    [[count]] = await vault.upkeep.run(_LEFT, (texts(old), texts(old)))
    return bool(count)


async def _rewrap(vault: Vault, old: Sequence[str]) -> AsyncIterator[int]:
    secrets = await vault.upkeep.run(_SECRETS, [texts(old)])
    if secrets:
        kek_id, wrapped = await _wrap_again(vault, [(name.encode(), *row) for name, *row in secrets])
        names, _, olds = zip(*secrets, strict=True)
        await vault.upkeep.run(_REWRAP_SECRETS, (kek_id, texts(names), byteas(wrapped), texts(olds)))
    after = _OLDEST
    while keys := await vault.upkeep.run(_KEYS, (after, texts(old), _BATCH)):
        kek_id, wrapped = await _wrap_again(vault, [(key_ref.bytes, *row) for key_ref, *row in keys])
        refs, _, olds = zip(*keys, strict=True)
        # Keys that were shredded meanwhile are gone, and stay gone.
        await vault.upkeep.run(_REWRAP_KEYS, (kek_id, uuids(refs), byteas(wrapped), texts(olds)))
        after = refs[-1]
        yield len(keys)


async def _wrap_again(vault: Vault, rows: Sequence[tuple[bytes, bytes, str]]) -> tuple[str, list[bytes]]:
    opened = await vault.key_encryption.unwrap([WrappedKey(name, kek_id, wrapped) for name, wrapped, kek_id in rows])
    plain: list[PlainKey] = []
    for (name, _, _), key in zip(rows, opened, strict=True):
        if isinstance(key, KeyEncryptionError):
            raise key
        plain.append(PlainKey(name, key))
    return await vault.key_encryption.wrap(plain)
