"""`kcat`, a client of Kafka that we did not write: from PATH, else Debian's package, unpacked and not installed."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest


class Kcat:
    """The program, however this machine can provide it.

    Args:
        folder: where it is unpacked when it is not on PATH. If that fails, the test fails and says why.
    """

    def __init__(self, folder: Path) -> None:
        self._environment: Mapping[str, str] = os.environ
        found = shutil.which("kcat")
        if found is None:
            _unpack(folder)
            found = str(folder / "usr" / "bin" / "kcat")
            libraries = os.pathsep.join(map(str, folder.glob("usr/lib/*-linux-gnu*")))
            self._environment = {**os.environ, "LD_LIBRARY_PATH": libraries}
        self._program = found

    def read(self, servers: str, topic: str) -> list[dict[str, Any]]:
        """Return the records of a topic as in kcat's JSON, with headers by name."""
        command = [self._program, "-b", servers, "-t", topic, "-C", "-e", "-q", "-J"]
        records = [json.loads(line) for line in _said(command, env=self._environment).splitlines()]
        for record in records:
            names_and_values = iter(record["headers"])
            record["headers"] = dict(zip(names_and_values, names_and_values, strict=True))
        return records


def _unpack(folder: Path) -> None:
    if shutil.which("apt-get") is None:
        pytest.fail("kcat is not on PATH, and this is no Debian on which it could be unpacked: install it")
    planned = _said(["apt-get", "install", "--simulate", "--no-install-recommends", "kcat"])
    packages = [line.split()[1] for line in planned.splitlines() if line.startswith("Inst ")]
    folder.mkdir()
    _said(["apt-get", "download", *packages], cwd=folder)
    for package in folder.glob("*.deb"):
        _said(["dpkg", "-x", str(package), str(folder)])


def _said(command: list[str], **options: Any) -> str:
    ended: subprocess.CompletedProcess[str] = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=120, **options
    )
    if ended.returncode != 0:
        pytest.fail(f"{' '.join(command)}: {ended.stderr or ended.stdout}")
    return ended.stdout
