"""A log in memory and a folder with the verifier; and a new ledger for each test that keeps a log."""

from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType

import pytest

from tests.ledger.tree.conftest import place
from tests.proofs.made import MadeLog
from tests.proofs.verifying import VERIFIER, Desk

__all__ = ["place"]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> MadeLog:
    """A log that no test changes."""
    return MadeLog(tmp_path_factory.mktemp("log"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The folder in which files are checked."""
    return Desk.at(tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def verifier() -> ModuleType:
    """The verifier as a module, for tests that would need too many processes."""
    spec = spec_from_file_location("pencere_verify", VERIFIER)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
