"""Tessera's own fsck accepts the log that a running `pencere serve` serves, and rejects a tampered one.

The permit log is in it (../shared/data/permit-receipt.xes.gz); where that is not, a small log of our own.
"""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

import psycopg
import pytest

from ledger.embedded import EmbeddedPostgres
from tests.cli.conftest import served, shared_data
from tests.cli.running import ROOT, Served, pencere, summary_of
from tests.faults.made_log import made_log
from tests.log.go_tools import FSCK, built
from tests.log.waiting import until

__all__ = ["served", "shared_data"]

PERMITS = ROOT.parent / "shared" / "data" / "permit-receipt.xes.gz"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


class Window(NamedTuple):
    """A running window whose log covers everything, and fsck with the log's key."""

    served: Served
    owner: str
    fsck: Path
    key: Path

    def fails(self, url: str = "") -> bool:
        """Tell whether fsck finds fault. It ends with status 0 even then, so its words count."""
        where = url or f"{self.served.address}/log/"
        command = [str(self.fsck), "-storage_url", where, "-public_key", str(self.key), "-ui=false", "-v", "1"]
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        words = ended.stdout + ended.stderr
        failed = "fsck failed" in words
        if not failed:
            assert ended.returncode == 0, words[-2000:]
            assert "Completed ranges" in words, words[-2000:]
            assert "OK" in words, words[-2000:]
        return failed


@pytest.fixture(scope="module")
def window(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    folder = tmp_path_factory.mktemp("fsck")
    (fsck,) = built(folder, FSCK)
    log = PERMITS if PERMITS.exists() else made_log(folder / "log.xes", 300, Random(1))
    print(f"the log has {log}")
    arguments = ("import", "xes", str(log), "--agency", "town", "--service", "permits", "--json")
    summary_of(pencere(*arguments, data=served.data))
    head = served.get("/health/ready").json()["position"]
    until(lambda: signed(served) >= head, 60)
    (folder / "key").write_bytes(served.get("/log/key").content)
    with EmbeddedPostgres(served.data) as embedded:
        yield Window(served, embedded.ledger_url("pencere_owner"), fsck, folder / "key")


def signed(served: Served) -> int:
    answer = served.get("/log/checkpoint")
    return int(answer.text.split("\n")[1]) if answer.status_code == 200 else -1


def test_it_accepts_the_log_as_it_is(window: Window) -> None:
    assert signed(window.served) > (8577 if PERMITS.exists() else 300)
    assert not window.fails()


def test_it_accepts_the_plain_files(window: Window, tmp_path: Path) -> None:
    summary_of(pencere("log", "publish", str(tmp_path / "log"), "--json", data=window.served.data))

    assert not window.fails(f"file://{tmp_path}/log/")


@pytest.mark.parametrize("level", [-1, 0, 1])
def test_it_rejects_a_tampered_tile(window: Window, level: int) -> None:
    change = (
        "UPDATE log.tiles SET content = set_byte(content, 5, get_byte(content, 5) # 1) WHERE level = %s AND number = 0"
    )
    with psycopg.connect(window.owner, autocommit=True) as owner:
        owner.execute(change, [level])
        try:
            assert window.fails()
        finally:
            owner.execute(change, [level])

    assert not window.fails()


def test_it_rejects_another_key(window: Window, tmp_path: Path) -> None:
    name, _, _ = window.key.read_text().partition("+")
    (tmp_path / "key").write_text(f"{name}+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    command = [str(window.fsck), "-storage_url", f"{window.served.address}/log/", "-public_key", str(tmp_path / "key")]
    ended = subprocess.run([*command, "-ui=false", "-v", "1"], capture_output=True, text=True, check=False, timeout=60)

    assert "Completed ranges" not in ended.stderr or "fsck failed" in ended.stderr
