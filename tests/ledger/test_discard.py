"""A data folder that is deleted with its servers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.embedded.cluster import ClusterError
from ledger.embedded.postgres import EmbeddedPostgres, discard
from tests.cli.conftest import private_folder
from tests.cli.running import processes_with
from tests.first_start import copy_first_start


@pytest.fixture(params=["data", "a-name-" * 12])
def data(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A data folder; with the long name, the sockets of its servers are elsewhere."""
    with private_folder() as folder:
        yield copy_first_start(folder / request.param)


def test_servers_that_a_killed_process_has_left_running_are_stopped_and_everything_of_them_is_deleted(
    data: Path,
) -> None:
    left = EmbeddedPostgres(data)
    left.__enter__()
    sockets = {cluster._socket_folder for cluster in (left.ledger, left.vault)}
    assert processes_with(str(data))
    assert left._in_use is not None
    left._in_use.close()  # as the kernel does for a process that is killed

    discard(data, within=5)

    assert processes_with(str(data)) == []
    assert not data.exists()
    assert [folder for folder in sockets if folder.exists()] == []


def test_nothing_is_deleted_while_somebody_uses_it(data: Path) -> None:
    with EmbeddedPostgres(data) as used:
        with pytest.raises(ClusterError, match="still uses it"):
            discard(data, within=0.1)

        assert used.ledger.is_running()
        assert used.vault.is_running()


def test_a_folder_that_was_never_made_is_no_error(tmp_path: Path) -> None:
    discard(tmp_path / "nothing", within=0)
