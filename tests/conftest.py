"""A real PostgreSQL for every test that needs one: two embedded clusters, and fresh databases from templates."""

import itertools
import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

import psycopg
import pytest
from kafka.net import KafkaNetSocket
from kafka.net.selector import NetworkSelector
from psycopg import sql

from ledger.embedded.postgres import ADMIN, LEDGER_DATABASE, VAULT_DATABASE, EmbeddedPostgres

_numbers = itertools.count(1)


def pytest_configure() -> None:
    """React to Ctrl-C even if a shell runs the tests in the background, because the programs that they start must."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    _close_what_kafka_python_leaves_open()


def _close_what_kafka_python_leaves_open() -> None:
    """Close the sockets that kafka-python 3.0 leaves to the garbage collector.

    These are the socket of a connect that fails, and those that a closed client leaves: of a connect that it gives up,
    and of a connection that still had bytes to send. Their warnings would fail whichever test runs then. To ignore the
    warning would also hide sockets that we leave open: of a client that nobody closes each one still warns.
    """
    connect, close = KafkaNetSocket.sock_connect, NetworkSelector.close
    opened: WeakKeyDictionary[NetworkSelector, WeakSet[socket.socket]] = WeakKeyDictionary()

    async def sock_connect(
        self: KafkaNetSocket, net: NetworkSelector, sock: socket.socket, *rest: Any, **more: Any
    ) -> Any:
        opened.setdefault(net, WeakSet()).add(sock)
        try:
            return await connect(self, net, sock, *rest, **more)
        except BaseException:
            sock.close()
            raise

    def close_with_sockets(self: NetworkSelector) -> None:
        close(self)
        for sock in opened.pop(self, ()):
            sock.close()

    KafkaNetSocket.sock_connect, NetworkSelector.close = sock_connect, close_with_sockets


@pytest.fixture(scope="session")
def data_folder() -> Iterator[Path]:
    """A folder that the database's own account can enter, even when the tests run as root."""
    folder = Path(tempfile.mkdtemp(prefix="pencere-test-", dir="/var/tmp"))
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(data_folder: Path) -> Iterator[EmbeddedPostgres]:
    """The embedded clusters, migrated; `pencere` and `pencere_vault` are templates and must not be changed."""
    with EmbeddedPostgres(data_folder / "data") as running:
        running.migrate()
        _leave_the_disk_alone(running)
        yield running


def _leave_the_disk_alone(running: EmbeddedPostgres) -> None:
    """Let the shared clusters not wait for the disk, because no test cuts their power.

    Only a crash of the whole machine loses what is not yet on the disk; a killed server loses nothing. Tests that break
    a server start their own servers, with the usual settings.
    """
    for url in (running.ledger_url, running.vault_url):
        with psycopg.connect(url(ADMIN, "postgres"), autocommit=True) as admin:
            admin.execute("ALTER SYSTEM SET fsync = off")
            admin.execute("SELECT pg_reload_conf()")


@pytest.fixture
def ledger_database(postgres: EmbeddedPostgres) -> Iterator[str]:
    """The name of a fresh ledger database."""
    yield from fresh_database(postgres.ledger_url, LEDGER_DATABASE)


@pytest.fixture
def vault_database(postgres: EmbeddedPostgres) -> Iterator[str]:
    """The name of a fresh vault database."""
    yield from fresh_database(postgres.vault_url, VAULT_DATABASE)


def fresh_database(url: Callable[[str, str], str], template: str) -> Iterator[str]:
    """Yield the name of a database made from a template; it is dropped at the end."""
    name = f"{template}_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(url(ADMIN, "postgres"), autocommit=True) as admin:
        create = sql.SQL("CREATE DATABASE {} OWNER pencere_owner TEMPLATE {}")
        admin.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
    yield name
    with psycopg.connect(url(ADMIN, "postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
