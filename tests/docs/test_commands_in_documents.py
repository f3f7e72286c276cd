"""This test runs every command of the documents word for word."""

import gzip
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import served, shared_data
from tests.cli.running import ROOT, Served, environment, serving
from tests.log.waiting import until

__all__ = ["served", "shared_data"]

# The commands of these name a port, or belong together: separate tests run them.
_OTHERS = {"agencies.md", "catalogue.md", "terms.md", "webhooks.md"}
DOCUMENTS = (
    "README.md",
    *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md")) if path.name not in _OTHERS),
)
_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
_PROOF = re.compile(r"(?:^    (?:curl|python3) .*\n){3}", re.MULTILINE)
_SUBMISSION = {
    "service": "property-extract",
    "answers": {"property.number": "303-11-204", "extract.kind": "short"},
}
_LOG = """<log><trace><string key="concept:name" value="a"/><event><string key="concept:name" value="Receive"/>
<date key="time:timestamp" value="2020-01-02T10:00:00+01:00"/></event></trace></log>"""
_TESTS = "./check"
_SERVE = "./pencere serve"
_DEMO = "./pencere demo"  # tests/cli/test_playing.py runs it, and compares what it prints


def commands_of(document: str) -> Iterator[str]:
    """Return the commands of a document: each line in its blocks marked `sh`."""
    for block in _BLOCK.findall((ROOT / document).read_text()):
        yield from (line for line in block.splitlines() if line and not line.startswith("#"))


COMMANDS = [(document, command) for document in DOCUMENTS for command in commands_of(document)]
RUN_HERE = [pair for pair in COMMANDS if pair[1] not in {_TESTS, _SERVE, _DEMO}]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder with the launchers and a log to import."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("pencere", "check", "verify"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "permits.xes.gz").write_bytes(gzip.compress(_LOG.encode()))
    return folder


def test_the_readme_has_one_command_to_run_and_one_to_test() -> None:
    commands = list(commands_of("README.md"))

    assert commands.count(_SERVE) == 1
    assert commands.count(_TESTS) == 1


def test_ci_runs_the_test_command_of_the_readme_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()

    assert [line for line in lines if not line.startswith(("#!", "set ", "cd "))] == [_TESTS]


def test_the_run_command_of_the_readme_brings_up_the_window(shared_data: Path) -> None:
    # A free port, because the usual one may be in use; everything else is as in the document.
    with serving(shared_data, launcher=("./pencere", "serve")) as running:
        assert running.get("/v1/services").status_code == 200
        assert running.stop() == 0


@pytest.mark.parametrize(("document", "command"), RUN_HERE, ids=lambda part: part)
def test_a_command_runs_as_it_stands(document: str, command: str, served: Served, checkout: Path) -> None:
    settings = environment(PENCERE_DATA=str(served.data))
    until(lambda: served.get("/log/checkpoint").status_code == 200)  # some commands need what was signed
    # A free port, because the usual one may be in use.
    typed = command.replace("http://127.0.0.1:8000", served.address)
    ended = subprocess.run(
        ["sh", "-c", typed], cwd=checkout, env=settings, capture_output=True, text=True, check=False, timeout=90
    )

    assert ended.returncode == 0, f"{document}: {ended.stderr}"


def test_the_proof_of_the_readme_is_taken_home_and_holds(served: Served, checkout: Path) -> None:
    token = served.token("citizen", "leyla")
    case = served.post("/v1/cases", _SUBMISSION, token).json()["caseId"]
    [commands] = _PROOF.findall((ROOT / "README.md").read_text())
    for name, value in (("https://HOST", served.address), ("TOKEN", token), ("CASE", case)):
        assert name in commands
        commands = commands.replace(name, value)
    commands = commands.replace("curl ", "curl -sf ").replace("KEY", served.get("/log/key").text)
    ended = subprocess.run(
        ["sh", "-ec", commands], cwd=checkout, capture_output=True, text=True, check=False, timeout=90
    )

    assert ended.returncode == 0, ended.stderr
    assert "these are all events of the case" in ended.stdout
    assert ended.stdout.splitlines()[-1] == "Everything holds."
