"""A temporary database to compute in: a separate PostgreSQL that nobody else uses.

It is not durable: its content comes from the ledger and can be computed again.
"""

import contextlib
import fcntl
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.embedded.cluster import Cluster, ClusterError
from ledger.embedded.postgres import ADMIN
from ledger.embedded.server_account import ServerAccount
from ledger.postgresql.kinds import MIGRATE
from ledger.postgresql.session import open_session

_PREFIX = "scratch-"
_IN_USE = "in-use"
_FAST = ("fsync = off", "full_page_writes = off", "synchronous_commit = off", "autovacuum = off", "max_wal_size = 8192")


@contextmanager
def scratch_database(beside: Path) -> Iterator[str]:
    """Return the superuser's URL of an empty database, which is deleted when the block ends.

    Args:
        beside: the data folder in which it is created. What a killed process has left there is deleted first.

    Raises:
        ClusterError: the server cannot be created or started.
    """
    account = ServerAccount.choose(beside)
    password = secrets.token_urlsafe(24)
    for left in beside.glob(f"{_PREFIX}*"):
        _clear(left, account)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=beside))
    folder.chmod(0o711)
    with (folder / _IN_USE).open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        cluster = Cluster(folder / "server", account, password)
        try:
            cluster.ensure_running()
            url = cluster.url(ADMIN, password, "postgres")
            _make_fast(url)
            yield url
        finally:
            _end(cluster, folder)


def _make_fast(url: str) -> None:
    with open_session(url, MIGRATE) as admin:
        for setting in _FAST:
            admin.execute(f"ALTER SYSTEM SET {setting}".encode())
        admin.execute("SELECT pg_reload_conf()")


def _clear(folder: Path, account: ServerAccount) -> None:
    try:
        with (folder / _IN_USE).open("w") as guard:
            fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _end(Cluster(folder / "server", account, ""), folder)
    except (BlockingIOError, FileNotFoundError):
        return  # another process computes there, or has just deleted it


def _end(cluster: Cluster, folder: Path) -> None:
    with contextlib.suppress(ClusterError):
        cluster.kill()
    shutil.rmtree(folder, ignore_errors=True)
