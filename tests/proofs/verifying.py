"""Runs the public verifier as everybody runs it: alone in a folder, with none of our other code."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

VERIFIER = Path(__file__).parents[2] / "verify" / "pencere_verify.py"


class Verdict(NamedTuple):
    """The verifier's result."""

    status: int
    said: str

    @property
    def last(self) -> str:
        """The last line."""
        return self.said.strip().rpartition("\n")[2]


class Desk(NamedTuple):
    """A folder with the verifier and none of our other code; -I keeps the interpreter from finding more."""

    folder: Path

    @classmethod
    def at(cls, folder: Path) -> "Desk":
        """Return a desk with a copy of the file on it."""
        folder.mkdir(exist_ok=True)
        shutil.copy(VERIFIER, folder / "pencere_verify.py")
        return cls(folder)

    def verify(self, *files: bytes, key: str, more: tuple[str, ...] = ()) -> Verdict:
        """Verify these files."""
        names = [f"file-{number}" for number in range(1, len(files) + 1)]
        for name, content in zip(names, files, strict=True):
            (self.folder / name).write_bytes(content)
        command = [sys.executable, "-I", "-W", "error", "pencere_verify.py", *names, "--key", key, *more]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, timeout=60, check=False)
        assert not done.stderr, done.stderr.decode()
        return Verdict(done.returncode, done.stdout.decode())


def assert_refused(verdict: Verdict, says: str) -> None:
    """Check that the file was refused, and with which sentence."""
    assert verdict.status == 1, verdict
    assert "DOES NOT HOLD" in verdict.last
    assert re.search(says, verdict.last), verdict.last
