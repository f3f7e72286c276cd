"""A real backup of the ledger's cluster, restored under a key that has signed more: nothing is served on it."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

from tests.cli.conftest import data
from tests.cli.running import PATIENCE, ROOT, Served, environment, pencere, serving
from tests.log.waiting import until

__all__ = ["data"]


def signed_beyond(served: Served, size: int) -> int:
    """Wait until more events than that are signed; return how many."""
    give_up_at = time.monotonic() + PATIENCE
    while True:
        answer = served.get("/log/checkpoint")
        if answer.is_success and (signed := int(answer.text.splitlines()[1])) > size:
            return signed
        assert time.monotonic() < give_up_at
        time.sleep(0.05)  # between two checks


def register_an_agency(served: Served) -> int:
    """Register an agency, so that there is a new event; return its position."""
    entry = {"name": {"en": "Ports"}, "timeZone": "Asia/Baku", "desks": ["north"]}
    bearer = {"Authorization": f"Bearer {served.token('coordinator', 'nigar')}"}
    registered = httpx2.put(f"{served.address}/v1/agencies/ports", json=entry, headers=bearer, timeout=30)
    return int(registered.raise_for_status().headers["Position-Token"])


@pytest.mark.slow
def test_a_restored_backup_is_not_served_and_the_auditor_is_told_how_much_is_gone(data: Path, tmp_path: Path) -> None:
    with serving(data) as served:
        until(served.rests)
        signed_beyond(served, 0)
        served.stop()
    subprocess.run(["cp", "-a", str(data / "ledger"), str(tmp_path / "backup")], check=True)
    with serving(data) as served:
        signed = signed_beyond(served, register_an_agency(served) - 1)
        kept = tmp_path / "checkpoint"
        kept.write_bytes(served.get("/log/checkpoint").content)
        served.stop()
    restore(tmp_path / "backup", data / "ledger")
    refused = subprocess.run(
        [sys.executable, "-m", "cli", "serve", "--port", "0"],
        cwd=ROOT,
        env=environment(PENCERE_DATA=str(data)),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    verified = pencere("audit", "verify", "--against", str(kept), "--no-views", "--json", data=data)
    (found, *_) = json.loads(verified.stdout)["findings"]

    assert refused.returncode == 1
    assert f"the signer is ahead: its key has signed a tree of {signed} events" in refused.stderr
    assert "nothing is served" in refused.stderr
    assert (verified.returncode, found["check"]) == (1, "tree")
    assert "or a backup was restored" in found["says"]


def restore(backup: Path, cluster: Path) -> None:
    """Replace the cluster's files by those of the backup, with their rights."""
    assert not (cluster / "pgdata" / "postmaster.pid").exists(), "the server is stopped"
    shutil.rmtree(cluster)
    subprocess.run(["cp", "-a", str(backup), str(cluster)], check=True)
