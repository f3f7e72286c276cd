"""Data folders for commands."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.running import Served, serving
from tests.first_start import copy_first_start, open_to_servers


@pytest.fixture
def no_data() -> Iterator[Path]:
    """The place of a data folder that does not exist yet."""
    with tempfile.TemporaryDirectory(prefix="pencere-cli-", dir="/var/tmp") as folder:
        yield open_to_servers(Path(folder)) / "data"


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder that nobody else uses, with empty databases."""
    with tempfile.TemporaryDirectory(prefix="pencere-cli-", dir="/var/tmp") as folder:
        yield copy_first_start(open_to_servers(Path(folder)) / "data")


@pytest.fixture(scope="module")
def shared_data() -> Iterator[Path]:
    """A data folder for a whole module."""
    with tempfile.TemporaryDirectory(prefix="pencere-cli-", dir="/var/tmp") as folder:
        yield copy_first_start(open_to_servers(Path(folder)) / "data")


@pytest.fixture(scope="module")
def served(shared_data: Path) -> Iterator[Served]:
    """A running window with the demonstration's data."""
    with serving(shared_data) as running:
        yield running
