"""One embedded PostgreSQL cluster: created, started, watched and stopped with the wheel's binaries."""

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from psycopg.conninfo import make_conninfo

from ledger.embedded.server_account import ClusterError, ServerAccount

__all__ = ["Cluster", "ClusterError", "make_durable"]

_SESSIONS_LEFT = "pre-existing shared memory block"
"""PostgreSQL's words for a server that was killed and whose sessions still run (`CreateSharedMemoryAndSemaphores`)."""
_SESSIONS_END_WITHIN = 10.0
_BETWEEN_STARTS = 0.1
_LONGEST_SOCKET_FOLDER = 85  # sun_path holds 107 bytes with the socket's own name
_SETTINGS = """
listen_addresses = ''
max_connections = 100
shared_buffers = 256MB
wal_level = replica
max_wal_size = 2GB
checkpoint_timeout = 10min
log_min_messages = warning
log_statement = none
log_min_error_statement = panic
log_parameter_max_length_on_error = 0
"""
_ACCESS = "local all all scram-sha-256\nlocal replication all scram-sha-256\n"


class Cluster:
    """A cluster in a folder of its own: `pgdata`, its socket and its log."""

    def __init__(self, folder: Path, account: ServerAccount, admin_password: str) -> None:
        self.folder, self._account, self._admin_password = folder, account, admin_password
        self.pgdata = folder / "pgdata"
        self._socket_folder = folder / "socket"
        if len(str(self._socket_folder)) > _LONGEST_SOCKET_FOLDER:
            name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
            # Not TMPDIR: all processes that share the cluster must use the same folder. `_own` checks who owns it.
            self._socket_folder = Path("/tmp") / f"pencere-{os.geteuid()}-{name}"  # noqa: S108

    def url(self, role: str, password: str, database: str) -> str:
        """Return the connection string of a role."""
        return make_conninfo(host=str(self._socket_folder), user=role, password=password, dbname=database)

    def ensure_running(self) -> None:
        """Create the cluster if it does not exist and start it if it does not run.

        Raises:
            ClusterError: the server cannot be created or started; the text has the server's last messages.
        """
        self._own(self.folder)
        self._own(self._socket_folder)
        if not (self.pgdata / "PG_VERSION").exists():
            self._initialise()
        if not self.is_running():
            self._forget_zombie()
            self._start()

    def _start(self) -> None:
        """Start the server, once the sessions of one that was killed have ended: they notice it when they next wait."""
        options = f"-k '{self._socket_folder}'"
        give_up_at = time.monotonic() + _SESSIONS_END_WITHIN
        while True:
            try:
                return self._run("pg_ctl", "start", "-w", "-t", "120", "-l", str(self.folder / "log"), "-o", options)
            except ClusterError as error:
                if _SESSIONS_LEFT not in str(error) or time.monotonic() > give_up_at:
                    raise
            time.sleep(_BETWEEN_STARTS)

    def is_running(self) -> bool:
        """Return whether the postmaster runs."""
        try:
            pid = int((self.pgdata / "postmaster.pid").read_text().split()[0])
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            return state != "Z" and self._is_ours(Path(f"/proc/{pid}"))
        except (OSError, IndexError, ValueError):
            return self._command("pg_ctl", "status").returncode == 0 if not Path("/proc/self").exists() else False

    def _is_ours(self, process: Path) -> bool:
        """Return whether this process works in our folder: after a reboot its number may belong to another server."""
        try:
            return (process / "cwd").samefile(self.pgdata)
        except PermissionError:  # root in a container may not look there
            return os.fsencode(self.pgdata) in (process / "cmdline").read_bytes().split(b"\0")

    def stop(self) -> None:
        """Stop the server after it has ended its sessions; a server that does not run is no error."""
        if self.is_running():
            self._run("pg_ctl", "stop", "-m", "fast", "-w", "-t", "120")

    def kill(self) -> None:
        """Stop the server at once, as a power cut would; the next start recovers."""
        self._run("pg_ctl", "stop", "-m", "immediate", "-w", "-t", "60")

    def remove(self) -> None:
        """Stop the server at once and delete its folder, with the socket's, which may be elsewhere.

        Raises:
            ClusterError: the server cannot be stopped; nothing is deleted.
        """
        if self.is_running():
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self._socket_folder, ignore_errors=True)

    def restart(self) -> None:
        """Stop the server, cutting its sessions off, and start it again."""
        self.stop()
        self.ensure_running()

    def _initialise(self) -> None:
        beside = self.folder / "pgdata.new"
        shutil.rmtree(beside, ignore_errors=True)
        with tempfile.NamedTemporaryFile("w", dir=self.folder) as password:
            if self._account.uid is not None:
                os.chown(password.name, self._account.uid, -1)
            password.write(self._admin_password)
            password.flush()
            auth = ("--username=postgres", "--auth=scram-sha-256", f"--pwfile={password.name}")
            form = ("--encoding=UTF8", "--locale=C", "--data-checksums")
            self._run("initdb", *auth, *form, pgdata=beside)
        with (beside / "postgresql.conf").open("a") as settings:
            settings.write(_SETTINGS)
        (beside / "pg_hba.conf").write_text(_ACCESS)
        make_durable(beside / "postgresql.conf", beside / "pg_hba.conf", beside)
        # The commit point: a crash before it leaves an unfinished folder that the next start deletes.
        beside.rename(self.pgdata)
        make_durable(self.folder)

    def _own(self, folder: Path) -> None:
        if not folder.exists():
            folder.mkdir(mode=0o700, parents=True)
            if self._account.uid is not None and self._account.gid is not None:
                os.chown(folder, self._account.uid, self._account.gid)
        expected = self._account.uid if self._account.uid is not None else os.geteuid()
        if folder.is_symlink() or folder.stat().st_uid != expected:
            raise ClusterError(f"{folder} belongs to somebody else; choose another data folder")

    def _forget_zombie(self) -> None:
        """Remove a dead postmaster's pid file: a new one would take a zombie of that number for a running server.

        As long as one of its sessions runs, a new postmaster finds their shared memory in use and refuses to start.
        """
        (self.pgdata / "postmaster.pid").unlink(missing_ok=True)
        (self._socket_folder / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    def _run(self, program: str, *arguments: str, pgdata: Path | None = None) -> None:
        ended = self._command(program, *arguments, pgdata=pgdata)
        if ended.returncode != 0:
            log = self.folder / "log"
            last_words = log.read_text(errors="replace")[-2000:] if log.exists() else ended.stderr
            raise ClusterError(f"{program} failed in {self.folder}: {last_words or ended.stdout}")

    def _command(self, program: str, *arguments: str, pgdata: Path | None = None) -> subprocess.CompletedProcess[str]:
        command = [str(self._account.binaries / program), "-D", str(pgdata or self.pgdata), *arguments]
        environment = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
        with tempfile.TemporaryFile("w+") as said:
            ended = subprocess.run(  # noqa: S603 - our own binary, our own arguments
                command,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=environment,
                check=False,
                umask=0o077,
                user=self._account.uid,
                group=self._account.gid,
                extra_groups=None if self._account.uid is None else [],
            )
            said.seek(0)
            return subprocess.CompletedProcess(command, ended.returncode, "", said.read())


def make_durable(*paths: Path) -> None:
    """Flush these files and folders to the disk, so that they survive a power cut."""
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
