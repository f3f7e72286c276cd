"""Runs a command of the bench in a separate process, which prints its figures as JSON."""

import json
import os
import subprocess
import sys
from typing import Any

from bench.servers import ROOT


def said_by(module: str, database_url: str, *arguments: str) -> dict[str, Any]:
    """Run `python -m module` on a database to its end, and return the figures that it prints."""
    ended = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    said: dict[str, Any] = json.loads(ended.stdout)
    return said
