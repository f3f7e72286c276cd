"""The audit compares signed data with the database: tiles, checkpoints, keys, and a database that went back in time."""

import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import starmap
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from application.verifying.ledger import check_ledger
from ledger.audit.findings import Finding
from ledger.audit.tile_sources import FolderTiles, ServedTiles, TilesUnreadableError
from ledger.audit.whole import Against
from ledger.embedded.postgres import ADMIN, EmbeddedPostgres
from ledger.public_log.head_statement import HeadStatement
from ledger.public_log.keeping import check_before_serving
from ledger.public_log.signer import FileLogSigner
from ledger.public_log.stops import ForkError, SignerAheadError
from tests.conftest import fresh_database
from tests.ledger.tree.kept import ORIGIN, append, keep, keeper, place_in, signer_at
from tests.verifying.held import Held
from tests.verifying.insider import rewrite

CHANGED = "UPDATE ledger.events SET salt = set_byte(salt, 5, get_byte(salt, 5) # 64) WHERE position = 70"


def tile_changed(level: int, number: int) -> str:
    """Return the tampering that changes a byte in the second hash of a tile."""
    byte = "set_byte(content, 40, get_byte(content, 40) # 1)"
    return f"UPDATE log.tiles SET content = {byte} WHERE level = {level} AND number = {number}"


@pytest.mark.parametrize(
    ("level", "number", "name", "position"),
    [(0, 0, "0/000", 2), (-1, 1, "entries/001", 258), (1, 0, "1/000.p/2", 257)],
)
def test_a_changed_tile_is_named_and_the_events_are_cleared(
    held: Held, level: int, number: int, name: str, position: int
) -> None:
    with held.tampered(tile_changed(level, number)):
        (found,) = held.finds().findings

    assert (found.check, found.position) == ("tile", position)
    assert f"tile {name} of the database" in found.says
    assert "as it was signed" in found.says or "as they were signed" in found.says


def test_a_tile_that_is_gone_is_named(held: Held) -> None:
    with held.tampered("DELETE FROM log.tiles WHERE level = 0 AND number = 1"):
        (found,) = held.finds().findings

    assert found == Finding("tile", None, "tile 0/001 is missing in the database, or cut off")


def test_a_tile_of_the_auditors_own_that_was_changed_accuses_nobody(held: Held, tmp_path: Path) -> None:
    own = shutil.copytree(held.tiles, tmp_path / "tiles")
    path = own / "tile" / "0" / "000"
    path.write_bytes(path.read_bytes()[:33] + b"x" + path.read_bytes()[34:])
    against = Against(held.key, (held.kept,), FolderTiles(own))
    (found,) = check_ledger(held.place.reader, against, starmap, lambda _done, _total: None).findings

    assert (found.check, found.position) == ("tile", 2)
    assert str(own) in found.says


def test_another_key_is_found_whoever_has_put_it_into_the_database(held: Held, tmp_path: Path) -> None:
    other = FileLogSigner.make(tmp_path / "other", ORIGIN)
    with held.tampered(f"UPDATE log.logs SET vkey = '{other.vkey.text}'"):
        rewrite(held, other)
        findings = held.finds().findings

    assert {found.check for found in findings} == {"checkpoint"}
    assert "the database names another key" in findings[0].says
    assert sum("is not one of this log's" in found.says for found in findings) >= len(held.signed)


def test_a_history_that_was_signed_anew_with_the_logs_own_key_is_found_and_located(held: Held) -> None:
    with held.tampered(CHANGED):
        rewrite(held, signer_at(held.place))
        alone, with_tiles = held.finds(tiles=False).findings, held.finds().findings
        unheld = check_ledger(held.place.reader, Against(held.key), starmap, lambda _done, _total: None).findings

    assert unheld == [], "who holds nothing learns nothing"
    assert "two were signed" in alone[0].says
    assert (with_tiles[0].check, with_tiles[0].position) == ("leaf", 70)
    assert "byte 5 of its salt was changed" in with_tiles[0].says


def test_a_checkpoint_that_was_taken_back_is_found(held: Held) -> None:
    with held.tampered(f"DELETE FROM log.checkpoints WHERE size = {held.signed[1]}"):
        (found,) = held.finds().findings

    assert found.check == "checkpoint"
    assert f"the first is of {held.signed[1]} events" in found.says


@pytest.fixture
def restored(held: Held) -> Iterator[Held]:
    """The database as in a backup from after the second checkpoint."""
    size = held.signed[1]
    with held.tampered(
        f"DELETE FROM ledger.events WHERE position > {size}",
        f"UPDATE ledger.head SET position = {size}",
        f"DELETE FROM log.checkpoints WHERE size > {size}",
        "DELETE FROM log.tiles",
    ):
        yield held


def test_after_a_restored_backup_nobody_goes_on_and_the_auditor_sees_it(restored: Held) -> None:
    before = restored.signed[-1]
    with pytest.raises(SignerAheadError, match=f"signed a tree of {before} events"):
        check_before_serving(restored.place.projector, restored.place.folder, ORIGIN)
    with pytest.raises(SignerAheadError, match="a backup was restored"), keeper(restored.place):
        pass
    first, *_ = restored.finds().findings

    assert (first.check, first.position) == ("tree", restored.signed[1] + 1)
    assert "or a backup was restored" in first.says


def test_a_restored_backup_that_was_written_on_is_a_fork_and_the_first_other_event_is_named(restored: Held) -> None:
    last = append(restored.place, restored.last - restored.signed[1])
    with pytest.raises(ForkError):
        check_before_serving(restored.place.projector, restored.place.folder, ORIGIN)
    with pytest.raises(ForkError), keeper(restored.place):
        pass
    found = restored.finds().findings

    assert last == restored.last
    assert (found[0].check, found[0].position) == ("leaf", restored.signed[1] + 1)


def test_a_ledger_that_goes_on_while_it_is_verified_is_sound(held: Held) -> None:
    sizes = []

    def work(function: Callable[..., Any], tasks: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
        for task in tasks:
            append(held.place, 300)
            sizes.append(keep(held.place))
            yield function(*task)

    last_signed = (held.place.folder / "last-signed").read_bytes()
    try:
        against = Against(held.key, (held.kept,), FolderTiles(held.tiles))
        checked = check_ledger(held.place.reader, against, work, lambda _done, _total: None)
    finally:
        held.mend()
        (held.place.folder / "last-signed").write_bytes(last_signed)

    assert checked.findings == []
    assert sizes == sorted(set(sizes))
    assert sizes[0] > held.last


def stated(held: Held, folder: Path, *, short: int = 0) -> tuple[Path, UUID]:
    """Return a head statement of a case that claims so many events too few."""
    size = held.signed[-1]
    with psycopg.connect(held.admin) as admin:
        query = "SELECT stream, max(version), max(position) FROM ledger.events WHERE topic LIKE 'case.%%' AND open LIKE"
        rows = admin.execute(f"{query} '{{%%' AND position <= %s GROUP BY 1 ORDER BY 2 DESC", [size]).fetchall()
        looks = "SELECT count(*) FROM ledger.events WHERE topic = 'look.recorded' AND open LIKE %s AND position <= %s"
        [(looked,)] = admin.execute(looks, [f"%{rows[0][0]}%".encode(), size]).fetchall()
    statement = HeadStatement(ORIGIN, rows[0][0], rows[0][1] - short, looked, size)
    path = folder / f"statement-{short}"
    path.write_bytes(signer_at(held.place).state(statement))
    return path, rows[0][0]


def test_a_head_statement_is_true_or_is_named(held: Held, tmp_path: Path) -> None:
    (honest, _), (false, case_id) = stated(held, tmp_path), stated(held, tmp_path, short=1)
    other = tmp_path / "other"
    other.write_bytes(honest.read_bytes().replace(b"size ", b"size 1"))

    assert held.finds(statements=[honest]).findings == []
    (found,) = held.finds(statements=[honest, false]).findings
    assert (found.check, found.position is not None) == ("statement", True)
    assert str(case_id) in found.says
    (found,) = held.finds(statements=[other]).findings
    assert "is no head statement of this log" in found.says


def test_a_copy_of_the_ledger_alone_is_verified_with_what_the_auditor_holds(
    postgres: EmbeddedPostgres, database: str, held: Held
) -> None:
    for copied in fresh_database(postgres.ledger_url, database):
        with psycopg.connect(postgres.ledger_url(ADMIN, copied)) as admin:
            admin.execute("DROP SCHEMA log CASCADE")
        copy = held._replace(place=place_in(postgres, copied, held.folder), admin=postgres.ledger_url(ADMIN, copied))
        sound = copy.finds()
        with psycopg.connect(copy.admin) as admin:
            admin.execute(CHANGED)
        found = copy.finds().findings

    assert (sound.findings, sound.tree.signed) == ([], held.signed[-1])
    assert (found[0].check, found[0].position) == ("leaf", 70)


def test_tiles_of_a_static_server_do_as_well_as_kept_ones(held: Held) -> None:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's own name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(held.tiles))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        against = Against(held.key, (), ServedTiles(f"http://127.0.0.1:{server.server_port}/"))
        with held.tampered(CHANGED, "DELETE FROM log.tiles"):
            found = check_ledger(held.place.reader, against, starmap, lambda _done, _total: None).findings
        server.shutdown()
    with pytest.raises(TilesUnreadableError, match="does not answer"):
        check_ledger(held.place.reader, against, starmap, lambda _done, _total: None)

    assert (found[0].check, found[0].position) == ("leaf", 70)
    assert "byte 5 of its salt was changed" in found[0].says
