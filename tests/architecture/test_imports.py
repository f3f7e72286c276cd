"""Imports go one way. Planted violations show that the check works."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    *("domain", "ledger", "application", "projections", "reactions"),
    *("api", "consumers", "cli", "subscriber", "verify"),
)


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env={"PYTHONPATH": "."})


@pytest.fixture
def copy_of_the_house(tmp_path: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_imports_go_one_way() -> None:
    result = lint(ROOT)

    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("package", "line"),
    [
        ("domain", "import ledger"),
        ("domain", "import random"),
        ("domain", "import psycopg"),
        ("ledger", "import application"),
        ("ledger", "import fastapi"),
        ("ledger", "import typing"),  # a module outside of the rooms
        ("ledger/postgresql", "import ledger.store.append"),
        ("ledger/store", "import ledger.vault.seal"),
        ("ledger/vault", "import ledger.published.codec"),
        ("ledger/public_log", "import ledger.audit.whole"),
        ("application", "import projections"),
        ("application", "import psycopg"),
        ("application", "import eventsourcing"),
        ("projections", "import kafka"),
        ("reactions", "import ledger"),
        ("reactions", "import application"),
        ("reactions", "import random"),
        ("api", "import consumers"),
        ("api", "import psycopg"),
        ("api/linked_data", "import rdflib"),
        ("consumers", "import fastapi"),
        ("subscriber", "import domain"),
        ("subscriber/pencere_subscriber", "import ledger"),
        ("subscriber/pencere_subscriber", "import psycopg"),
        ("cli", "import api.answers"),
        ("cli", "from api.problems import problem_of"),
        ("cli", "import pencere_subscriber"),
        ("cli", "import subscriber"),
        ("consumers", "import pencere_subscriber"),
        ("verify", "import domain"),
        ("domain", "import verify"),
    ],
)
def test_a_planted_violation_is_found(copy_of_the_house: Path, package: str, line: str) -> None:
    (copy_of_the_house / package / "planted.py").write_text(f"{line}\n")

    assert lint(copy_of_the_house).returncode == 1
