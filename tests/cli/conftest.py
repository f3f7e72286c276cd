"""Data folders for commands."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.running import Served, serving


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder that nobody else uses."""
    with tempfile.TemporaryDirectory(prefix="pencere-cli-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o711 if os.geteuid() == 0 else 0o700)
        yield Path(folder) / "data"


@pytest.fixture(scope="module")
def shared_data() -> Iterator[Path]:
    """A data folder for a whole module."""
    with tempfile.TemporaryDirectory(prefix="pencere-cli-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o711 if os.geteuid() == 0 else 0o700)
        yield Path(folder) / "data"


@pytest.fixture(scope="module")
def served(shared_data: Path) -> Iterator[Served]:
    """A running window with the demonstration's data."""
    with serving(shared_data) as running:
        yield running
