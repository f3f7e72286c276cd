import os
import subprocess
import sys
from collections.abc import Iterator
from secrets import token_hex

import pytest

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
