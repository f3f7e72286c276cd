"""`pencere clock` shows the sources of time, and `pencere clock accept` believes the machine's clock."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from application.clock import system_clock
from consumers.legal_time import this_machine
from domain.values import micros_at
from ledger.embedded.postgres import ADMIN, EmbeddedPostgres
from tests.cli.running import pencere, summary_of
from tests.reactions.two_clocks import answer

HOUR = 3_600_000_000
_ANCHOR = "SELECT wall FROM reactions.time_anchors WHERE boot = %s"
_KEEP = "INSERT INTO reactions.time_anchors VALUES (%s, %s, 0) ON CONFLICT (boot) DO UPDATE SET wall = excluded.wall"


@contextmanager
def running(data: Path) -> Iterator[Callable[[str, list[object]], list[Any]]]:
    """Run the databases for a while; give what carries out a statement."""
    with EmbeddedPostgres(data) as postgres, psycopg.connect(postgres.ledger_url(ADMIN), autocommit=True) as admin:

        def ask(statement: str, parameters: list[object]) -> list[Any]:
            cursor = admin.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

        yield ask


@contextmanager
def server_that_is(ahead: timedelta) -> Iterator[str]:
    """Serve time; give the setting that names the server."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))

        def serve() -> None:
            while len(asked := line.recvfrom(64)) and asked[0] != b"end":
                line.sendto(answer(asked[0], system_clock() + ahead), asked[1])

        thread = threading.Thread(target=serve)
        thread.start()
        host, port = line.getsockname()
        try:
            yield f"{host}:{port}"
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
                last.sendto(b"end", (host, port))
            thread.join()


def test_each_source_is_shown_with_what_it_says_and_how_much_the_machine_differs(data: Path) -> None:
    told = summary_of(pencere("clock", "--json", data=data))

    assert list(told) == [
        *("machine", "ledger", "ledgerDiffers", "elapsed", "elapsedDiffers", "server", "serverDiffers"),
        *("serverName", "standsStill"),
    ]
    assert told["ledgerDiffers"] > 0
    assert (told["elapsed"], told["server"], told["serverName"], told["standsStill"]) == (None, None, None, None)
    with server_that_is(timedelta()) as name:
        asked = summary_of(pencere("clock", "--json", data=data, PENCERE_TIME_SERVER=name))
    assert abs(asked["serverDiffers"]) < 60
    assert (asked["serverName"], asked["standsStill"]) == (name, None)


def test_a_clock_that_has_jumped_is_told_with_status_1_until_somebody_accepts_it(data: Path) -> None:
    machine = this_machine()
    with running(data) as ask:
        ask(_KEEP, [machine.boot, micros_at(system_clock()) - machine.elapsed() - HOUR])
        jumped = pencere("clock", data=data)
        accepted = pencere("clock", "accept", "--json", data=data)
        [(wall,)] = ask(_ANCHOR, [machine.boot])
        after = pencere("clock", data=data)

    assert jumped.returncode == 1
    assert "elapsedDiffers: 3600." in jumped.stdout
    assert "the machine's clock is 1:00:00 ahead of the time that has elapsed" in jumped.stderr
    assert list(summary_of(accepted)) == ["accepted"]
    assert abs(micros_at(system_clock()) - machine.elapsed() - wall) < 60_000_000
    assert after.returncode == 0
    assert "standsStill: None" in after.stdout


def test_a_clock_is_not_accepted_against_the_ledger_or_the_time_server(data: Path) -> None:
    with running(data) as ask:
        with server_that_is(timedelta(hours=-2)) as name:
            against_server = pencere("clock", "accept", data=data, PENCERE_TIME_SERVER=name)
        ask("UPDATE ledger.head SET recorded_at = %s", [micros_at(system_clock()) + HOUR])
        against_ledger = pencere("clock", "accept", data=data)
        anchors = ask(_ANCHOR, [this_machine().boot])

    assert (against_server.returncode, against_ledger.returncode) == (1, 1)
    assert "not accepted: the machine's clock is 2:00:00 ahead of the time server" in against_server.stderr
    assert "behind the ledger's last entry" in against_ledger.stderr
    assert anchors == []


def test_who_accepts_a_clock_while_the_time_server_is_away_is_told_that_nothing_else_confirms_it(data: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        name = f"127.0.0.1:{silent.getsockname()[1]}"
        accepted = pencere("clock", "accept", data=data, PENCERE_TIME_SERVER=name)

    assert accepted.returncode == 0
    assert f"The time server {name} does not answer" in accepted.stderr


@pytest.mark.parametrize("command", [("clock",), ("clock", "accept"), ("react",), ("serve", "--port", "0")])
def test_a_time_server_that_makes_no_sense_is_one_sentence(data: Path, command: tuple[str, ...]) -> None:
    ended = pencere(*command, data=data, PENCERE_TIME_SERVER="ntp://somewhere")

    assert ended.returncode == 1
    assert ended.stderr.strip() == "pencere: PENCERE_TIME_SERVER is HOST or HOST:PORT, not 'ntp://somewhere'"
