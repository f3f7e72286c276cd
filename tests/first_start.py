"""A data folder as the first start of a window leaves it. Tests copy it, because making both servers takes seconds."""

import atexit
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from ledger.embedded.postgres import EmbeddedPostgres


def copy_first_start(data: Path) -> Path:
    """Make a data folder with both servers, migrated, stopped and empty; return it."""
    subprocess.run(["cp", "-a", "--", str(_first_start()), str(data)], check=True)
    return data


def open_to_servers(folder: Path) -> Path:
    """Let the servers' own account enter a private folder when the tests run as root; return the folder."""
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return folder


@cache
def _first_start() -> Path:
    folder = open_to_servers(Path(tempfile.mkdtemp(prefix="pencere-first-", dir="/var/tmp")))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with EmbeddedPostgres(folder / "data") as running:
        running.migrate()
    return folder / "data"
