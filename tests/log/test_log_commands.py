"""`pencere serve` keeps the log by itself, and serves nothing when its signer is ahead; and `pencere log`."""

from pathlib import Path
from shutil import copytree
from typing import NamedTuple

import psycopg
import pytest
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey

from application.settings import MADE_UP_ORIGIN, Settings, SettingsError
from cli.log_keeping import keeper_beside
from ledger.embedded.postgres import EmbeddedPostgres
from ledger.public_log.checkpoint import TreeHead
from ledger.public_log.hashing import EMPTY_ROOT
from ledger.public_log.signer import FileLogSigner
from tests.cli.conftest import served, shared_data
from tests.cli.running import Served, pencere, summary_of
from tests.log.waiting import until

__all__ = ["served", "shared_data"]


class Signed(NamedTuple):
    """A running window whose log covers everything, with the log's size."""

    served: Served
    size: int

    @property
    def data(self) -> Path:
        return self.served.data


def size_at(served: Served) -> int:
    """Return the size of the checkpoint that is served; -1 while there is none."""
    answer = served.get("/log/checkpoint")
    return int(answer.text.split("\n")[1]) if answer.status_code == 200 else -1


@pytest.fixture(scope="module")
def signed(served: Served) -> Signed:
    until(served.rests)
    until(lambda: size_at(served) == served.get("/health/ready").json()["position"])
    return Signed(served, size_at(served))


def test_serve_signs_what_it_appends_within_moments(signed: Signed) -> None:
    assert signed.size > 0
    assert signed.served.get("/log/checkpoint").text.startswith(f"{MADE_UP_ORIGIN}\n{signed.size}\n")


def test_key_prints_what_is_served_as_the_key(signed: Signed) -> None:
    ended = pencere("log", "key", data=signed.data)

    assert ended.returncode == 0
    assert ended.stdout == signed.served.get("/log/key").text + "\n"


def test_status_tells_how_the_log_does(signed: Signed) -> None:
    told = summary_of(pencere("log", "status", "--json", data=signed.data))

    assert (told["origin"], told["key"]) == (MADE_UP_ORIGIN, signed.served.get("/log/key").text)
    assert told["size"] == told["ledger"] == signed.size
    assert told["keyIsHere"] is True
    assert (told["witnesses"], told["alarms"]) == ({}, [])


def test_published_files_are_a_log_that_others_accept(signed: Signed, tmp_path: Path) -> None:
    folder = tmp_path / "log"
    told = summary_of(pencere("log", "publish", str(folder), "--json", data=signed.data))
    reader = TilesReader(LocalBackend(folder))
    checkpoint = reader.get_checkpoint()
    checkpoint.verify(Vkey.from_string((folder / "key").read_text()))

    assert told["size"] == checkpoint.size == signed.size
    assert reader.calculate_root_hash() == checkpoint.root_hash


def test_a_folder_to_publish_in_that_is_a_file_is_one_sentence(signed: Signed, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    ended = pencere("log", "publish", str(file), data=signed.data)

    assert ended.returncode == 1
    assert ended.stderr.startswith(f"pencere: {file}")
    assert "Traceback" not in ended.stderr


def test_a_rebuild_beside_a_running_keeper_mends_a_tile(signed: Signed) -> None:
    with EmbeddedPostgres(signed.data) as embedded, psycopg.connect(embedded.ledger_url("pencere_owner")) as owner:
        owner.execute("UPDATE log.tiles SET content = set_byte(content, 7, get_byte(content, 7) # 1) WHERE level = 0")

    assert summary_of(pencere("log", "rebuild", "--json", data=signed.data)) == {"size": signed.size, "changed": 1}
    assert summary_of(pencere("log", "rebuild", "--json", data=signed.data)) == {"size": signed.size, "changed": 0}


def test_a_ledger_that_is_older_than_what_was_signed_is_not_served(signed: Signed, tmp_path: Path) -> None:
    """A key that has signed more sees it like a restored backup. tests/ledger/tree restores real ones."""
    folder = copytree(signed.data / "log-key", tmp_path / "log-key")
    signer = FileLogSigner.open(folder, MADE_UP_ORIGIN)
    assert signer is not None
    ahead = signed.size + 100
    (folder / "last-signed").write_bytes(signer._signed(TreeHead(ahead, EMPTY_ROOT)))
    refused = pencere("serve", "--port", "0", data=signed.data, PENCERE_LOG_KEY=str(folder))

    assert refused.returncode == 1
    assert "nothing is served" in refused.stderr
    assert f"its key has signed a tree of {ahead} events, and the ledger has {signed.size}" in refused.stderr
    assert "'The signer is ahead' in docs/operator.md" in refused.stderr


def test_a_place_that_is_not_known_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PENCERE_LOG", "elsewhere")

    with pytest.raises(SettingsError, match="PENCERE_LOG is here or apart"):
        keeper_beside(Settings.read({}, tmp_path))


def test_in_production_no_log_is_kept_under_a_made_up_name_and_it_is_said(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    real = {"PENCERE_MODE": "production", "PENCERE_OIDC_ISSUER": "i", "PENCERE_OIDC_JWKS": "k"}

    assert keeper_beside(Settings.read(real, tmp_path)) is None
    assert "NO PUBLIC LOG IS KEPT" in capfd.readouterr().err


@pytest.mark.parametrize("origin", ["https://window.example/log", "window.example/log/", "window example", "a+b"])
def test_an_origin_that_is_no_name_of_a_log_is_refused(tmp_path: Path, origin: str) -> None:
    with pytest.raises(SettingsError, match="PENCERE_LOG_ORIGIN"):
        Settings.read({"PENCERE_LOG_ORIGIN": origin}, tmp_path)
