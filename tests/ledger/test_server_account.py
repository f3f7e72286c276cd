import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex

import pytest

from ledger.embedded import server_account
from ledger.embedded.server_account import ServerAccount

PROGRAM = "import sys; from ledger.embedded.server_account import system_user; print(system_user(sys.argv[1]).pw_uid)"

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root makes accounts, and only root needs one")


@pytest.fixture
def name() -> Iterator[str]:
    chosen = f"pencere-{token_hex(4)}"
    yield chosen
    subprocess.run(["userdel", chosen], check=True)


def test_processes_that_start_at_once_on_a_new_machine_agree_about_the_account(name: str) -> None:
    starting = [
        subprocess.Popen([sys.executable, "-c", PROGRAM, name], stdout=subprocess.PIPE, text=True) for _ in range(6)
    ]
    told = {process.communicate(timeout=60)[0].strip() for process in starting}

    assert len(told) == 1
    assert all(process.returncode == 0 for process in starting)


def test_the_account_runs_a_copy_of_binaries_that_it_cannot_reach(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So it is where Pencere was cloned into root's own folder, which is closed to everybody else."""
    monkeypatch.setattr(server_account, "_open_to_all", lambda _folder: False)
    data = data_folder / token_hex(4)
    data.mkdir(mode=0o755)

    account = ServerAccount.choose(data)
    again = ServerAccount.choose(data)
    told = subprocess.run(
        [account.binaries / "initdb", "--version"],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        capture_output=True,
        text=True,
        check=False,
    )

    assert account.binaries.is_relative_to(data)
    assert again == account
    assert told.stderr == ""
    assert told.stdout.startswith("initdb (PostgreSQL) 18")
