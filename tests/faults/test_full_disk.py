"""On a full disk nothing is acknowledged, nothing is lost, and everything goes on when there is room again."""

import asyncio
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.embedded.scratch import scratch_database
from tests.faults.world import World, check, servers

MEGABYTES = 400


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A separate file system. Making one needs root, as in CI and containers."""
    if os.geteuid() != 0:
        pytest.skip("a small file system can be mounted by root only; CI runs this as root")
    with tempfile.TemporaryDirectory(prefix="pencere-disk-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o711)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=711", "tmpfs", folder], check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def fill(disk: Path) -> Path:
    """Fill the disk; return the file that fills it."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 16))
        except OSError:
            return filler


def test_a_full_disk_loses_nothing_and_is_over_when_there_is_room_again(small_disk: Path, data_folder: Path) -> None:
    async def scenario(world: World) -> None:
        async with world.in_use():
            await world.load.more(20)
            filler = await asyncio.to_thread(fill, small_disk)
            await world.load.refusals(5)
            filler.unlink()
            await world.load.more(40)

    with (
        servers(small_disk) as postgres,
        scratch_database(data_folder) as scratch,
        World(postgres, scratch, "full") as world,
    ):
        asyncio.run(scenario(world))
        verdict = check(world)

    assert verdict.acknowledged >= 60
