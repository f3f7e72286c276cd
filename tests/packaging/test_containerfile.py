"""The promises of the Containerfile. The tests need neither a builder nor a network."""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, TypeAlias

import pytest

Instructions: TypeAlias = list[tuple[str, str]]


def _all(instructions: Instructions, word: str) -> list[str]:
    return [rest for found, rest in instructions if found == word]


def _copied(instructions: Instructions) -> list[str]:
    """The names that are copied from the checkout, not from an earlier stage."""
    copies = [rest.split() for rest in _all(instructions, "COPY") if not rest.startswith("--from")]
    return [source for *sources, _target in copies for source in sources]


def _environment(instructions: Instructions) -> dict[str, str]:
    return dict(pair.split("=", 1) for rest in _all(instructions, "ENV") for pair in rest.split())


def _probes(instructions: Instructions, services: dict[str, dict[str, Any]]) -> list[tuple[str, str]]:
    """The code of each health check and the path that it asks for."""
    (image,) = _all(instructions, "HEALTHCHECK")
    commands = json.loads(image[image.index("[") :]), services["pencere"]["healthcheck"]["test"][1:]
    paths = ("/health/live", "/health/ready?exclude=stopped-views")  # a stopped view makes no process unhealthy
    return [(command[2], path) for command, path in zip(commands, paths, strict=True)]


@contextmanager
def _answering(status: int, path: str) -> Iterator[int]:
    """Serve the status at the path, and 404 elsewhere; yield the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == path else 404)
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the parent's name
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def test_everything_it_copies_is_there(instructions: Instructions, root: Path) -> None:
    assert all((root / source).exists() for source in _copied(instructions))


def test_it_copies_every_package_that_the_command_line_may_import(
    instructions: Instructions, pyproject: dict[str, Any]
) -> None:
    layers = pyproject["tool"]["importlinter"]["contracts"][0]["layers"]
    packages = {package for layer in layers for package in layer.split(" | ")}

    assert "domain" in packages
    assert packages <= set(_copied(instructions))


def test_the_build_sees_what_it_copies_and_nothing_else(instructions: Instructions, root: Path) -> None:
    rules = [line for line in (root / ".containerignore").read_text().splitlines() if line and line[0] != "#"]
    let_in = {rule[1:].rstrip("/") for rule in rules if rule.startswith("!")}

    assert rules[0] == "*"
    assert let_in == set(_copied(instructions))


def test_libraries_come_from_the_lock_by_their_hashes(instructions: Instructions) -> None:
    (install,) = (run for run in _all(instructions, "RUN") if "pip install" in run)

    assert "--require-hashes" in install
    assert install.endswith("requirements.lock")


def test_every_module_is_compiled_since_whoever_runs_may_not_write(
    instructions: Instructions, root: Path, tmp_path: Path
) -> None:
    (compiling,) = (run for run in _all(instructions, "RUN") if "compileall" in run)
    arguments = compiling.split()[1:]
    for package in ("domain", "verify"):
        shutil.copytree(root / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    modules = list(tmp_path.rglob("*.py"))
    subprocess.run([sys.executable, *arguments], cwd=tmp_path, check=True)

    assert modules
    assert len(list(tmp_path.rglob("*.pyc"))) == len(modules)
    assert instructions.index(("RUN", compiling)) > max(
        number for number, (word, _) in enumerate(instructions) if word == "COPY"
    )


def test_it_runs_as_a_numbered_user_who_is_not_root(instructions: Instructions) -> None:
    (user,) = _all(instructions, "USER")

    assert user.split(":")[0].isdigit()
    assert int(user.split(":")[0]) > 0


def test_the_data_folder_is_a_volume_and_compose_mounts_it(
    instructions: Instructions, services: dict[str, dict[str, Any]]
) -> None:
    folder = _environment(instructions)["PENCERE_DATA"]

    assert _all(instructions, "VOLUME") == [folder]
    assert services["migrate"]["volumes"] == services["pencere"]["volumes"] == [f"pencere-data:{folder}"]


def test_no_secret_is_built_in(instructions: Instructions) -> None:
    named = " ".join(_all(instructions, "ENV") + _all(instructions, "ARG")).upper()

    assert not any(word in named for word in ("PASSWORD", "SECRET", "TOKEN", "DATABASE_URL", "VAULT_URL"))


def test_it_starts_the_command_line_itself(instructions: Instructions) -> None:
    (entry,) = _all(instructions, "ENTRYPOINT")

    assert json.loads(entry) == ["python", "-m", "cli"]


@pytest.mark.parametrize(("status", "verdict"), [(200, 0), (503, 1), (404, 1)])
def test_the_health_checks_tell_a_good_answer_from_a_bad_one(
    instructions: Instructions, services: dict[str, dict[str, Any]], status: int, verdict: int
) -> None:
    for code, path in _probes(instructions, services):
        with _answering(status, path) as port:
            probe = subprocess.run([sys.executable, "-c", code.replace("8000", str(port))], check=False, timeout=30)

            assert probe.returncode == verdict


def test_the_command_line_knows_the_options_that_both_files_use(
    instructions: Instructions, services: dict[str, dict[str, Any]], root: Path
) -> None:
    if not (root / "cli" / "__main__.py").exists():
        pytest.skip("there is no command line yet")
    (default,) = _all(instructions, "CMD")
    for command, *arguments in (json.loads(default), services["pencere"]["command"], services["migrate"]["command"]):
        told = subprocess.run(
            [sys.executable, "-m", "cli", command, "--help"],
            cwd=root,
            env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

        assert all(argument in told for argument in arguments if argument.startswith("--"))
