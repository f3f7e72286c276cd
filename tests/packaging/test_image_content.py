"""The image's content runs alone: what the Containerfile copies needs nothing else of the checkout."""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

_IMPORT_ALL = """
import importlib, pkgutil, sys
for name in sys.argv[1:]:
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, name + "."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
"""


@pytest.fixture
def content(instructions: list[tuple[str, str]], root: Path, tmp_path: Path) -> Path:
    """A folder with what the Containerfile copies from the checkout into its last stage."""
    if not (root / "cli" / "__main__.py").exists():
        pytest.skip("there is no command line yet")
    last = max(index for index, (word, _rest) in enumerate(instructions) if word == "FROM")
    for word, rest in instructions[last:]:
        if word == "COPY" and not rest.startswith("--from"):
            source, target = rest.split()
            copy = shutil.copytree if (root / source).is_dir() else shutil.copy
            copy(root / source, tmp_path / target)
    return tmp_path


def _run(content: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run an interpreter with the content and the libraries, but without the checkout (-S reads no .pth file)."""
    libraries = sysconfig.get_path("purelib")
    return subprocess.run(
        [sys.executable, "-S", *arguments],
        cwd=content,
        env={"PYTHONPATH": f"{content}:{libraries}", "PYTHONDONTWRITEBYTECODE": "1", "TERM": "dumb"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_line_runs_on_the_content_alone(content: Path) -> None:
    shown = _run(content, "-m", "cli", "--help")

    assert shown.returncode == 0, shown.stderr
    assert "serve" in shown.stdout


def test_every_module_can_be_imported_from_the_content_alone(content: Path) -> None:
    packages = sorted(path.parent.name for path in content.glob("*/__init__.py"))
    imported = _run(content, "-c", _IMPORT_ALL, *packages)

    assert "domain" in packages
    assert imported.returncode == 0, imported.stderr
