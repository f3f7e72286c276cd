"""Data folders for commands."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.running import Served, serving
from tests.first_start import copy_first_start, open_to_servers


@contextmanager
def private_folder() -> Iterator[Path]:
    """Give a new folder that the databases' account can enter; it is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="pencere-cli-", dir="/var/tmp") as folder:
        yield open_to_servers(Path(folder))


@pytest.fixture
def no_data() -> Iterator[Path]:
    """The place of a data folder that does not exist yet."""
    with private_folder() as folder:
        yield folder / "data"


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder that nobody else uses, with empty databases."""
    with private_folder() as folder:
        yield copy_first_start(folder / "data")


@pytest.fixture(scope="module")
def shared_data() -> Iterator[Path]:
    """A data folder for a whole module."""
    with private_folder() as folder:
        yield copy_first_start(folder / "data")


@pytest.fixture(scope="module")
def served(shared_data: Path) -> Iterator[Served]:
    """A running window with the demonstration's data."""
    with serving(shared_data) as running:
        yield running
