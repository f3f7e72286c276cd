"""The bench on the tests' own clusters, with a small log of its own to import."""

from pathlib import Path

import pytest

from bench.ground import Ground
from bench.made_log import write_log
from ledger.embedded.postgres import EmbeddedPostgres


@pytest.fixture
def ground(postgres: EmbeddedPostgres, tmp_path: Path) -> Ground:
    log = tmp_path / "made.xes.gz"
    write_log(log, 20)
    return Ground(postgres, log)
