"""Key-encryption keys in a file: made once, changed whole or not at all, and never shown."""

import asyncio
import json
import os
from pathlib import Path

import pytest

from ledger.vault.key_encryption import (
    FileKeyEncryption,
    KekUnknownError,
    KeyBrokenError,
    KeyEncryptionError,
    PlainKey,
    WrappedKey,
)

SECRET = PlainKey(b"name", bytes(range(32)))


def wrap(key_file: Path) -> WrappedKey:
    kek_id, [wrapped] = asyncio.run(FileKeyEncryption(key_file).wrap([SECRET]))
    return WrappedKey(SECRET.name, kek_id, wrapped)


def unwrap(key_file: Path, key: WrappedKey) -> object:
    [opened] = asyncio.run(FileKeyEncryption(key_file).unwrap([key]))
    return opened


def test_what_is_wrapped_unwraps_in_another_process(key_file: Path) -> None:
    assert unwrap(key_file, wrap(key_file)) == SECRET.key


def test_the_file_is_for_its_owner_only(key_file: Path) -> None:
    wrap(key_file)

    assert key_file.stat().st_mode & 0o777 == 0o600


def test_a_file_that_others_can_read_is_refused(key_file: Path) -> None:
    wrap(key_file)
    key_file.chmod(0o640)

    with pytest.raises(KeyEncryptionError, match="chmod 600"):
        wrap(key_file)


def test_a_wrapped_key_is_bound_to_its_name(key_file: Path) -> None:
    swapped = wrap(key_file)._replace(name=b"other")

    assert isinstance(unwrap(key_file, swapped), KeyBrokenError)


def test_the_same_key_is_never_wrapped_to_the_same_bytes(key_file: Path) -> None:
    assert wrap(key_file).wrapped != wrap(key_file).wrapped


def test_unwrapping_makes_no_file(key_file: Path) -> None:
    assert isinstance(unwrap(key_file, WrappedKey(b"name", "lost", bytes(60))), KekUnknownError)
    assert not key_file.exists()


def test_a_file_that_has_gone_is_not_made_again(key_file: Path) -> None:
    keys = FileKeyEncryption(key_file)
    asyncio.run(keys.wrap([SECRET]))
    key_file.unlink()

    with pytest.raises(KeyEncryptionError, match="has gone"):
        asyncio.run(keys.wrap([SECRET]))
    assert not key_file.exists()


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"current": "a", "keys": {}}', '{"current": "a", "keys": {"a": "c2hvcnQ="}}']
)
def test_a_damaged_file_is_refused_without_showing_it(key_file: Path, content: str) -> None:
    key_file.write_text(content)
    key_file.chmod(0o600)

    with pytest.raises(KeyEncryptionError, match="is not a key file") as refused:
        wrap(key_file)
    assert refused.value.__cause__ is None


def test_what_a_crash_left_beside_the_file_does_no_harm(key_file: Path) -> None:
    before = wrap(key_file)
    key_file.with_name(key_file.name + ".new").write_text("half a fi")
    asyncio.run(FileKeyEncryption(key_file).begin_rotation())

    assert unwrap(key_file, before) == SECRET.key


def test_a_rotation_in_another_process_is_seen_at_once(key_file: Path) -> None:
    async def scenario() -> None:
        ours, theirs = FileKeyEncryption(key_file), FileKeyEncryption(key_file)
        first, [wrapped] = await ours.wrap([SECRET])
        old = await theirs.begin_rotation()
        second, _ = await ours.wrap([SECRET])
        assert old == (first,)
        assert second != first

        await theirs.drop(old)
        [outcome] = await ours.unwrap([WrappedKey(SECRET.name, first, wrapped)])
        assert isinstance(outcome, KekUnknownError)

    asyncio.run(scenario())


def test_an_unfinished_rotation_is_continued_with_the_same_key(key_file: Path) -> None:
    async def scenario() -> None:
        await FileKeyEncryption(key_file).wrap([SECRET])
        old = await FileKeyEncryption(key_file).begin_rotation()
        again = await FileKeyEncryption(key_file).begin_rotation()
        assert again == old

    asyncio.run(scenario())

    assert len(json.loads(key_file.read_text())["keys"]) == 2


def test_the_current_key_is_never_dropped(key_file: Path) -> None:
    key = wrap(key_file)
    asyncio.run(FileKeyEncryption(key_file).drop([key.kek_id]))

    assert unwrap(key_file, key) == SECRET.key


def test_two_that_make_the_file_at_once_share_it(key_file: Path) -> None:
    pids = []
    for _ in range(4):
        pid = os.fork()
        if pid == 0:
            wrap(key_file)
            os._exit(0)
        pids.append(pid)
    ended = [os.waitpid(pid, 0)[1] for pid in pids]

    assert ended == [0, 0, 0, 0]
    assert len(json.loads(key_file.read_text())["keys"]) == 1
