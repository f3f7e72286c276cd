"""Whatever is wrong with what a person types, a command ends with a sentence that names it, not with a traceback."""

import os
from pathlib import Path
from typing import Final

import pytest

from tests.cli.running import pencere

NOT_UTF8: Final = os.fsdecode(b"\xff")
IMPORT: Final = ("import", "xes", "--agency", "town", "--service", "permit")
TOKEN: Final = ("token", "--role", "official")
PRODUCTION: Final = {"PENCERE_MODE": "production", "PENCERE_OIDC_ISSUER": "https://login.example"}
HINDERED, USAGE = 1, 2  # an auditor's command has 2 for both: 1 says that something is wrong with the ledger


@pytest.mark.parametrize(
    ("status", "names", "words"),
    [
        (USAGE, "--port", ("serve", "--port", "99999")),
        (USAGE, "--port", ("serve", "--port", "-1")),
        (USAGE, "--port", ("kafka", "up", "--port", "65536")),
        (USAGE, "--processes", ("audit", "verify", "--processes", "-1")),
        (USAGE, r"b'\xff' is not UTF-8", ("audit", "evaluation", NOT_UTF8, "--as-of", "1")),
        (USAGE, r"b'\xff' is not UTF-8", (*TOKEN, "--agency", "town", "--subject", NOT_UTF8)),
        (HINDERED, "FILE: Not a directory", (*TOKEN, "--agency", "town", "--subject", "o", "--data", "FILE")),
        (HINDERED, "FILE/x: Not a directory", (*TOKEN, "--agency", "town", "--subject", "o", "--data", "FILE/x")),
        (HINDERED, "FILE: Not a directory", ("migrate", "--data", "FILE")),
        (HINDERED, "FILE: Not a directory", ("project", "run", "--data", "FILE")),
        (HINDERED, "--subject", (*TOKEN, "--agency", "town", "--subject", " x")),
        (HINDERED, "--agency", (*TOKEN, "--agency", "No Slug", "--subject", "o")),
        (HINDERED, "--desk", (*TOKEN, "--agency", "town", "--subject", "o", "--desk", "No")),
        (HINDERED, "FILE/x: Not a directory", (*IMPORT, "FILE/x")),
        (USAGE, "FILE: Not a directory", ("audit", "replay", "--data", "FILE")),
        (USAGE, "FILE: Not a directory", ("audit", "status", "PN-1", "--as-of", "1", "--data", "FILE")),
        (USAGE, "FILE/x: Not a directory", ("audit", "verify", "--data", "FILE/x")),
        (USAGE, ". is a folder", ("audit", "export", ".")),
        (USAGE, "/ is a folder", ("audit", "export", "/")),
    ],
)
def test_bad_input_is_named_in_a_sentence(status: int, names: str, words: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "FILE"
    file.touch()
    ended = pencere(*(word.replace("FILE", str(file)) for word in words), data=tmp_path / "data")

    assert ended.returncode == status, ended.stderr
    assert names.replace("FILE", str(file)) in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""


@pytest.mark.parametrize("place", ["http://login.example/keys", "ftp://login.example/keys", "http://["])
def test_serve_refuses_keys_from_an_unsafe_place_before_anything_is_started(place: str, tmp_path: Path) -> None:
    ended = pencere("serve", data=tmp_path / "data", PENCERE_OIDC_JWKS=place, **PRODUCTION)

    assert ended.returncode == HINDERED
    assert ended.stderr.startswith("pencere: PENCERE_OIDC_JWKS is ")
    assert not (tmp_path / "data").exists()


def test_a_wrong_setting_is_nothing_that_an_audit_has_found(tmp_path: Path) -> None:
    ended = pencere("audit", "replay", data=tmp_path, PENCERE_MODE="real")

    assert ended.returncode == USAGE
    assert ended.stderr.startswith("pencere: PENCERE_MODE is ")


def test_a_file_that_is_there_may_be_called_anything(tmp_path: Path) -> None:
    file = tmp_path / NOT_UTF8
    file.write_text("no receipt")

    assert "is not UTF-8" not in pencere("verify", str(file), data=tmp_path).stderr
