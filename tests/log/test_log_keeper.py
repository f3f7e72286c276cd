"""The keeper signs by itself and on demand, only one at a time, and goes on once a fault is over."""

import threading
import time

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from application.event_loop import run
from application.settings import SettingsError
from consumers.log_keeper import LogKeeper
from consumers.log_settings import LogSettings
from ledger.embedded.postgres import ADMIN, EmbeddedPostgres
from ledger.public_log.growing import rebuild
from ledger.public_log.public_log import PublicLog
from ledger.public_log.session import CHANNEL, MAKE_ROOM, LogSession
from ledger.public_log.tile_store import TileStore
from tests.ledger.tree.kept import ORIGIN, Place, append, check_log, signer_at
from tests.log.keepers import SLOW, alarms_of, asked, keeping, size_of
from tests.log.waiting import until


def test_what_is_new_is_signed_and_published_by_itself(place: Place) -> None:
    append(place, 3)
    with keeping(place):
        until(lambda: size_of(place) == 3)
        last = append(place, 500)
        until(lambda: size_of(place) == last)

    assert check_log(place)[-1] == 503


def test_whoever_needs_a_checkpoint_is_given_one_before_its_time(place: Place) -> None:
    with keeping(place, SLOW):
        until(lambda: size_of(place) == 0)
        last = append(place, 5)
        began = time.monotonic()
        covering = asked(place, lambda log: log.covering(last, within=20))
        took = time.monotonic() - began

    assert covering.head.size == 5
    assert took < SLOW.interval / 6
    assert check_log(place) == [0, 5]


def test_nobody_is_given_a_checkpoint_that_is_not_there(place: Place) -> None:
    append(place, 1)

    assert asked(place, lambda log: log.covering(1, within=0.1)) is None


def test_whoever_does_not_wait_asks_nobody(place: Place) -> None:
    async def look_often() -> None:
        async with PublicLog(place.reader, ORIGIN) as log:
            assert [await log.covering(1) for _ in range(50)] == [None] * 50

    with psycopg.connect(place.owner, autocommit=True) as listening:
        listening.execute(f"LISTEN {CHANNEL}".encode())
        run(look_often())  # as the server measures it: by its loop, whose clock stands still for a millisecond

        assert list(listening.notifies(timeout=0)) == []


def test_it_ends_in_the_middle_of_its_wait(place: Place) -> None:
    keeper = LogKeeper(place.projector, place.folder, ORIGIN, SLOW)
    thread = threading.Thread(target=keeper.run)
    thread.start()
    until(lambda: size_of(place) == 0)
    keeper.stop()
    thread.join(SLOW.interval / 6)

    assert not thread.is_alive()


def test_one_keeps_and_another_takes_over(place: Place) -> None:
    append(place, 3)
    with keeping(place):
        until(lambda: size_of(place) == 3)
        with keeping(place) as second:
            append(place, 4)
            until(lambda: size_of(place) == 7)
            second.stop()
    with keeping(place):
        append(place, 1)
        until(lambda: size_of(place) == 8)

    assert check_log(place)[-1] == 8


def test_a_lost_session_is_begun_anew(place: Place, postgres: EmbeddedPostgres) -> None:
    append(place, 3)
    with keeping(place):
        until(lambda: size_of(place) == 3)
        database = str(conninfo_to_dict(place.owner)["dbname"])
        with psycopg.connect(postgres.ledger_url(ADMIN, database), autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'pencere log' AND datname = current_database()"
            )
        append(place, 3)
        until(lambda: size_of(place) == 6)

    assert check_log(place)[-1] == 6


def test_a_stopped_log_says_why_and_goes_on_when_it_is_mended(place: Place) -> None:
    append(place, 700)
    with keeping(place):
        until(lambda: size_of(place) == 700)
    damage = "DELETE FROM log.tiles WHERE level = 0 AND number = 2"
    with psycopg.connect(place.owner) as owner:
        owner.execute(damage)
    append(place, 1)
    with keeping(place):
        until(lambda: alarms_of(place).get("signer", ("", ""))[0] == "stopped")
        assert "pencere log rebuild" in alarms_of(place)["signer"][1]
        assert size_of(place) == 700
        with LogSession(place.projector) as session:
            session.tell(MAKE_ROOM)
            until(session.elect)
            assert rebuild(TileStore(session), signer_at(place).last()[0]) >= 1
        until(lambda: size_of(place) == 701)
        assert alarms_of(place) == {}

    assert check_log(place) == [0, 700, 701]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PENCERE_LOG_INTERVAL", "0"),
        ("PENCERE_LOG_INTERVAL", "-1"),
        ("PENCERE_LOG_WITNESS_PATIENCE", "soon"),
        ("PENCERE_LOG_WITNESSES", "https://witness.example"),
        (
            "PENCERE_LOG_WITNESSES",
            "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k https://w.example",
        ),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        LogSettings.read({name: value})
