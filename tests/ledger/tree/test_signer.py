"""The key never signs two trees that differ, whatever happens to its files and the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from ledger.embedded.postgres import ADMIN, EmbeddedPostgres
from ledger.public_log.checkpoint import TreeHead
from ledger.public_log.hashing import EMPTY_ROOT
from ledger.public_log.keeping import check_before_serving
from ledger.public_log.note import NoteError
from ledger.public_log.signer import FileLogSigner
from ledger.public_log.stops import ForkError, LogStoppedError, SignerAheadError, SignerStateError
from tests.ledger.tree.kept import ORIGIN, Place, append, check_log, keep, keeper, signer_at

LAST, KEY = "last-signed", "signing-key.pem"


@contextmanager
def backup_of(place: Place, postgres: EmbeddedPostgres) -> Iterator[Place]:
    """A copy of the present database under another name; the key's folder stays the same."""
    name = str(conninfo_to_dict(place.writer)["dbname"])
    made = f"{name}_backup"
    with psycopg.connect(postgres.ledger_url(ADMIN, "postgres"), autocommit=True) as admin:
        create = sql.SQL("CREATE DATABASE {} OWNER pencere_owner TEMPLATE {}")
        admin.execute(create.format(sql.Identifier(made), sql.Identifier(name)))
    roles = {role: postgres.ledger_url(f"pencere_{role}", made) for role in ("writer", "projector", "reader", "owner")}
    yield Place(**roles, folder=place.folder)
    with psycopg.connect(postgres.ledger_url(ADMIN, "postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(made)))


def refuses(place: Place, kind: type[LogStoppedError], says: str) -> None:
    """Check that neither the keeper nor any server goes on, and that what was signed last is unchanged."""
    before = (place.folder / LAST).read_bytes()
    with pytest.raises(kind, match=says):
        keep(place)
    with pytest.raises(kind, match=says):
        check_before_serving(place.projector, place.folder, ORIGIN)

    assert (place.folder / LAST).read_bytes() == before


def test_a_restored_backup_is_refused_and_so_is_what_is_written_on_it(place: Place, postgres: EmbeddedPostgres) -> None:
    append(place, 300)
    keep(place)
    with backup_of(place, postgres) as restored:
        append(place, 300)
        keep(place)
        check_before_serving(place.projector, place.folder, ORIGIN)

        refuses(restored, SignerAheadError, "has signed a tree of 600 events, and the ledger has 300")
        append(restored, 299)
        refuses(restored, SignerAheadError, "the ledger has 599")
        append(restored, 10)
        refuses(restored, ForkError, "the tree of 600 events is not the one that was signed")

    assert check_log(place) == [0, 300, 600]


def test_when_the_newer_database_is_lost_a_new_log_goes_on(place: Place, postgres: EmbeddedPostgres) -> None:
    append(place, 300)
    keep(place)
    with backup_of(place, postgres) as restored:
        append(place, 300)
        keep(place)
        append(restored, 5)
        anew = restored._replace(folder=place.folder.parent / "new-key")

        assert keep(anew, "window.example/second") == 305
        assert check_log(anew, "window.example/second") == [0, 305]


def test_what_was_signed_is_compared_when_it_is_signed_and_not_only_at_the_start(
    place: Place, postgres: EmbeddedPostgres
) -> None:
    append(place, 100)
    keep(place)
    with backup_of(place, postgres) as copy:
        append(place, 50)
        append(copy, 50)
        with keeper(copy) as other:
            keep(place)
            other.grow()
            with pytest.raises(ForkError):
                other.sign()
        append(place, 60)
        keep(place)
        with pytest.raises(LogStoppedError):
            keep(copy)

    assert check_log(place) == [0, 100, 150, 210]


def test_without_what_it_has_signed_last_the_key_signs_nothing_until_it_is_told(place: Place) -> None:
    append(place, 10)
    keep(place)
    left_the_house = (place.folder / LAST).read_bytes()
    append(place, 10)
    keep(place)
    newest = (place.folder / LAST).read_bytes()
    (place.folder / LAST).unlink()

    with pytest.raises(SignerStateError, match="pencere log resume FILE"):
        keep(place)
    assert not (place.folder / LAST).exists()
    signer_at(place).resume(left_the_house)
    refuses_old(place)
    assert signer_at(place).resume(newest).size == 20
    append(place, 1)
    assert keep(place) == 21
    assert check_log(place) == [0, 10, 20, 21]


def refuses_old(place: Place) -> None:
    """Check the refusal when a published checkpoint is newer than the record beside the key."""
    with pytest.raises(SignerStateError, match="that file is old"):
        keep(place)


def test_a_resumed_log_keeps_no_signature_but_its_own(place: Place) -> None:
    append(place, 3)
    keep(place)
    own = (place.folder / LAST).read_bytes()
    signer_at(place).resume(own + "— some.witness/w CMp+6LWBU0anHGH5aNDTJkH/gj79sG+T6+iP2ThYN5k=\n".encode())

    assert (place.folder / LAST).read_bytes() == own


def test_nothing_smaller_and_nothing_else_is_resumed(place: Place, tmp_path: Path) -> None:
    append(place, 10)
    keep(place)
    smaller = (place.folder / LAST).read_bytes()
    append(place, 10)
    keep(place)
    signer, other = signer_at(place), FileLogSigner.make(tmp_path / "other", ORIGIN)

    with pytest.raises(SignerAheadError):
        signer.resume(smaller)
    with pytest.raises(NoteError):
        signer.resume(other.last()[1])
    with pytest.raises(NoteError):
        signer.resume(b"20\n")
    with pytest.raises(ForkError):
        signer.resume(signer._signed(TreeHead(20, EMPTY_ROOT)))
    assert signer.last()[0].size == 20


@pytest.mark.parametrize(
    ("name", "harm", "says"),
    [
        (LAST, lambda path: path.write_bytes(path.read_bytes()[:-9]), "is not the last checkpoint"),
        (
            LAST,
            lambda path: path.write_bytes(path.read_bytes().replace(b"\n3\n", b"\n2\n")),
            "is not the last checkpoint",
        ),
        (LAST, lambda path: path.write_bytes(b""), "is not the last checkpoint"),
        (KEY, lambda path: path.write_bytes(b"-----BEGIN PRIVATE KEY-----\n"), "is not an Ed25519 key"),
        (KEY, lambda path: path.chmod(0o640), "chmod 600"),
    ],
)
def test_damaged_files_stop_the_log_and_are_left_as_they_are(place: Place, name: str, harm: object, says: str) -> None:
    append(place, 3)
    keep(place)
    assert callable(harm)
    harm(place.folder / name)
    damaged = (place.folder / name).read_bytes()

    with pytest.raises(SignerStateError, match=says):
        keep(place)
    assert (place.folder / name).read_bytes() == damaged


def test_a_key_that_is_lost_is_not_replaced(place: Place) -> None:
    append(place, 3)
    keep(place)
    (place.folder / KEY).unlink()

    with pytest.raises(LogStoppedError, match="cannot sign"):
        keep(place)
    assert not (place.folder / KEY).exists()


def test_another_name_for_the_log_does_not_go_with_its_key(place: Place) -> None:
    append(place, 3)
    keep(place)

    with pytest.raises(SignerStateError):
        keep(place, "window.example/renamed")


def test_its_files_are_for_their_owner_only(place: Place) -> None:
    keep(place)

    assert place.folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (place.folder / KEY, place.folder / LAST)} == {0o600}


def test_two_keepers_that_make_the_key_at_once_have_one(place: Place) -> None:
    first, second = FileLogSigner.make(place.folder, ORIGIN), FileLogSigner.make(place.folder, ORIGIN)

    assert first.vkey == second.vkey
