"""Time and ids arrive in commands. A planted violation shows that the check works."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUFF = [str(Path(sys.executable).parent / "ruff"), "check", "--no-cache", "--select", "TID251"]


def banned(*arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*RUFF, *arguments], cwd=ROOT, input=text, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("package", ["domain", "ledger", "projections", "reactions", "application", "consumers"])
@pytest.mark.parametrize(
    "line",
    [
        "import datetime\n\nnow = datetime.datetime.now(datetime.UTC)\n",
        "from datetime import UTC, datetime as moment\n\nnow = moment.now(UTC)\n",
        "from datetime import datetime\n\nnow = datetime.utcnow()\n",
        "from uuid import uuid4\n\nid = uuid4()\n",
        "import uuid\n\nid = uuid.uuid4()\n",
    ],
)
def test_a_planted_clock_or_random_id_is_found(package: str, line: str) -> None:
    result = banned("--stdin-filename", f"{package}/planted.py", "-", text=line)

    assert result.returncode == 1
    assert "TID251" in result.stdout


def test_time_and_ids_that_arrive_are_allowed() -> None:
    line = "from uuid import UUID\n\nname = UUID(int=1)\n"

    assert banned("--stdin-filename", "domain/planted.py", "-", text=line).returncode == 0


def test_the_ban_is_lifted_in_the_clock_only() -> None:
    packages = ("domain", "ledger", "projections", "reactions", "application", "api", "cli", "consumers")
    result = banned("--ignore-noqa", "--output-format", "concise", *packages)
    places = {line.split(":")[0] for line in result.stdout.splitlines() if "TID251" in line}

    assert places == {"application/clock.py"}
