"""Tessera's own fsck, like other programs, accepts the log of a running `pencere serve` and rejects a tampered one.

It contains the permit log (../shared/data/permit-receipt.xes.gz), or a small log of our own if that is missing.
"""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tlog_scales.backend import HttpBackend

from ledger.embedded.postgres import EmbeddedPostgres
from ledger.public_log.note import ED25519, VerifierKey
from tests.cli.conftest import served, shared_data
from tests.cli.running import ROOT, Served, pencere, summary_of
from tests.faults.made_log import made_log
from tests.log.go_tools import FSCK, built
from tests.log.others import accepted
from tests.log.waiting import until

__all__ = ["served", "shared_data"]

PERMITS = ROOT.parent / "shared" / "data" / "permit-receipt.xes.gz"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


class Window(NamedTuple):
    """A running window whose log covers everything, and fsck with the log's key."""

    served: Served
    owner: str
    fsck: Path
    key: Path

    def fails(self, url: str = "", key: Path | None = None) -> bool:
        """Return whether fsck finds a fault. Its output decides, since its exit status is 0 either way.

        Once a tile differs from what it computed, its only worker is gone, and with many tiles it never ends.
        """
        command = [str(self.fsck), "-storage_url", url or f"{self.served.address}/log/"]
        command += ["-public_key", str(key or self.key), "-ui=false", "-v", "1"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            words = []
            for line in process.stderr:
                words.append(line)
                if "fsck failed" in line or "):Invalid" in line:
                    process.kill()
                    return True
        said = "".join(words)
        assert process.returncode == 0, said[-2000:]
        assert "Successfully fsck'd log" in said, said[-2000:]
        return False


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


def test_tlog_scales_and_pymerkle_accept_it_too(window: Window) -> None:
    backend = HttpBackend(f"{window.served.address}/log")
    with backend.session:
        before = signed(window.served)  # the log grows: the clock marks imported cases overdue
        assert before <= accepted(backend, window.key.read_text(), window.owner) <= signed(window.served)


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
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    name = VerifierKey.parse(window.key.read_text()).name
    (tmp_path / "key").write_text(VerifierKey(name, ED25519, other).text)

    assert window.fails(key=tmp_path / "key")
