"""Programs in Go that we did not write, built once per session. If one cannot be built, its tests fail."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

FSCK = "github.com/transparency-dev/tessera/cmd/fsck@v1.0.4"
LITEWITNESS = "filippo.io/torchwood/cmd/litewitness@v0.9.0"
"""The last version that Go 1.26 can build."""


def built(folder: Path, *packages: str) -> list[Path]:
    """Return the built programs."""
    go = shutil.which("go")
    if go is None:
        pytest.fail(f"THERE IS NO GO HERE: {', '.join(packages)} WAS NOT RUN, and what it proves is not proved")
    environment = {**os.environ, "GOBIN": str(folder), "GOTOOLCHAIN": "local", "GOFLAGS": "-trimpath"}
    made = []
    for package in packages:
        ended = subprocess.run(
            [go, "install", package], env=environment, capture_output=True, text=True, check=False, timeout=280
        )
        program = folder / package.partition("@")[0].rpartition("/")[2]
        if ended.returncode != 0 or not program.exists():
            pytest.fail(f"{package} CANNOT BE BUILT, and what it proves is not proved: {ended.stderr[-2000:]}")
        made.append(program)
    return made
