"""The embedded default: real PostgreSQL 18 from a wheel, two clusters in one data folder, no TCP.

One cluster holds the ledger and its views, the other the vault, so that the vault's WAL and backups are its own.
Every role has a password (SCRAM); here they guard against bugs, not against root. Processes that use the same
folder share the clusters: the first starts them, the last stops them, and a killed one leaves them running.
"""

import fcntl
import json
import os
import secrets
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from psycopg.conninfo import make_conninfo

from ledger.embedded.cluster import Cluster, ClusterError, make_durable
from ledger.embedded.server_account import ServerAccount, refuse_closed_parents
from ledger.postgresql.migrate import LEDGER_MIGRATIONS, ROLES, VAULT_MIGRATIONS, VAULT_ROLES, ensure_database, migrate

ADMIN = "postgres"
LEDGER_DATABASE = "pencere"
VAULT_DATABASE = "pencere_vault"
_BETWEEN_LOOKS = 0.05  # seconds: nothing tells when the last process leaves but its lock


class EmbeddedPostgres:
    """The two clusters of a data folder, started on entry and stopped when their last user leaves.

    Raises:
        ClusterError: on entry, when the folder cannot be used or a server does not start; the text says why.
    """

    def __init__(self, data: Path) -> None:
        self.data = data.resolve()
        self._in_use: TextIO | None = None

    def __enter__(self) -> Self:
        self._make_folder()
        account = ServerAccount.choose(self.data)
        try:
            self._in_use = (self.data / "use.lock").open("w")
        except PermissionError:
            raise ClusterError(f"{self.data} belongs to somebody else; choose another data folder") from None
        fcntl.flock(self._in_use, fcntl.LOCK_SH)
        self.passwords = self._passwords()
        self.ledger = Cluster(self.data / "ledger", account, self.passwords[ADMIN])
        self.vault = Cluster(self.data / "vault", account, self.passwords[ADMIN])
        try:
            self.ensure_running()
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()

    def ensure_running(self) -> None:
        """Start each cluster that does not run; return when both accept connections."""
        with (self.data / "start.lock").open("w") as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)
            self.ledger.ensure_running()
            self.vault.ensure_running()

    def migrate(self) -> list[str]:
        """Create missing databases and roles and migrate both databases; return the migrations that were applied."""
        ensure_database(self.ledger.url(ADMIN, self.passwords[ADMIN], "postgres"), LEDGER_DATABASE, self.passwords)
        vault_admin = self.vault.url(ADMIN, self.passwords[ADMIN], "postgres")
        ensure_database(vault_admin, VAULT_DATABASE, self.passwords, VAULT_ROLES)
        applied = migrate(self.ledger_url("pencere_owner"), LEDGER_MIGRATIONS)
        return applied + migrate(self.vault_url("pencere_owner"), VAULT_MIGRATIONS)

    def ledger_url(self, role: str, database: str = LEDGER_DATABASE) -> str:
        """Return the URL of the ledger's database for a role; it contains the password, so never print it."""
        return self.ledger.url(role, self.passwords[role], database)

    def vault_url(self, role: str, database: str = VAULT_DATABASE) -> str:
        """Return the URL of the vault's database for a role; it contains the password, so never print it."""
        return self.vault.url(role, self.passwords[role], database)

    def _leave(self) -> None:
        if self._in_use is None:
            return
        # One process leaves at a time: of two at once each would see the other, and neither would stop the clusters.
        with (self.data / "start.lock").open("w") as guard, self._in_use:
            fcntl.flock(guard, fcntl.LOCK_EX)
            try:
                fcntl.flock(self._in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return  # another process still uses the clusters, and will stop them
            self.ledger.stop()
            self.vault.stop()

    def _make_folder(self) -> None:
        root = os.geteuid() == 0
        if root:
            refuse_closed_parents(self.data)  # before anything is created there
        missing = [folder for folder in (self.data, *self.data.parents) if not folder.exists()]
        for folder in reversed(missing):
            folder.mkdir(exist_ok=True)
            # As root the servers run under their own account, which must be able to enter these new folders.
            folder.chmod(0o711 if root else 0o700)
        if not self.data.is_dir():
            raise ClusterError(f"{self.data} is not a folder")

    def _passwords(self) -> Mapping[str, str]:
        with (self.data / "start.lock").open("w") as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)
            return role_passwords(self.data)


def discard(data: Path, within: float) -> None:
    """Delete a data folder and whatever else belongs to its clusters, once no process uses them any more.

    Args:
        data: the data folder; one that does not exist is no error.
        within: seconds that the processes which still use it are given to end.

    Raises:
        ClusterError: it is still used after that time, or a server cannot be stopped; nothing is deleted.
    """
    if not data.is_dir():
        return
    account = ServerAccount.choose(data)
    with (data / "use.lock").open("w") as in_use:
        _wait_for_all_to_leave(in_use, time.monotonic() + within)
        for name in ("ledger", "vault"):
            Cluster(data.resolve() / name, account, "").remove()
        shutil.rmtree(data)


def _wait_for_all_to_leave(in_use: TextIO, give_up_at: float) -> None:
    while True:
        try:
            fcntl.flock(in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > give_up_at:
                raise ClusterError("the data folder is not deleted: a process still uses it") from None
            time.sleep(_BETWEEN_LOOKS)
        else:
            return


def role_passwords(data: Path) -> Mapping[str, str]:
    """Return the password of each database role; on first use random ones are made and stored in the data folder."""
    kept = data / "role-passwords.json"
    known: dict[str, str] = json.loads(kept.read_text()) if kept.exists() else {}
    missing = [role for role in (ADMIN, *ROLES) if role not in known]
    if missing:
        known |= {role: secrets.token_urlsafe(24) for role in missing}
        beside = kept.with_suffix(".new")
        beside.touch(mode=0o600)
        beside.write_text(json.dumps(known, indent=1))
        make_durable(beside)
        # The commit point: a crash before it leaves the old file, and no role has a password that is not stored.
        beside.rename(kept)
        make_durable(data)
    return known


def role_url(database_url: str, role: str, passwords: Mapping[str, str]) -> str:
    """Return an external database's URL for one role; credentials in the given URL are replaced."""
    return make_conninfo(database_url, user=role, password=passwords[role])
