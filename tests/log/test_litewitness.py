"""`litewitness` of filippo.io/torchwood, a witness that we did not write, cosigns and refuses a fork."""

import base64
import os
import re
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import httpx2
import psycopg
import pytest
from tlog_scales.signing import Vkey, VkeySet
from tlog_scales.tlog import Checkpoint

from api.server import bind
from consumers.log_settings import LogSettings, WitnessAddress
from ledger.public_log.checkpoint_store import CheckpointStore
from ledger.public_log.hashing import EMPTY_ROOT
from ledger.public_log.keeping import signer_of
from ledger.public_log.note import VerifierKey
from tests.ledger.tree.kept import ORIGIN, Place, append, check_log, elected, keep
from tests.log.go_tools import LITEWITNESS, built
from tests.log.keepers import alarms_of, asked, cosigned, keeping, size_of
from tests.log.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
NAME = "litewitness.example/w"
EMPTY: Final = base64.b64encode(EMPTY_ROOT).decode()


@pytest.fixture(scope="module")
def litewitness(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (program,) = built(tmp_path_factory.mktemp("go"), LITEWITNESS)
    return program


class RunningWitness(NamedTuple):
    """A running witness: its address, its key, and its database.

    The witness's own `witnessctl` writes into that database. It is not built here, because it needs a module of
    sigsum.org, which not every proxy has. The code here writes what it writes for `add-log` and `add-key`.
    """

    address: WitnessAddress
    database: Path

    def knows(self, vkey: str) -> None:
        """Register a log with the witness."""
        with closing(sqlite3.connect(self.database)) as database, database:
            database.execute("INSERT INTO log (origin, tree_size, tree_hash) VALUES (?, 0, ?)", [ORIGIN, EMPTY])
            database.execute("INSERT INTO key (origin, key) VALUES (?, ?)", [ORIGIN, vkey])

    def size(self) -> int:
        """Return the size that the witness has cosigned last."""
        with closing(sqlite3.connect(self.database)) as database:
            [(size,)] = database.execute("SELECT tree_size FROM log WHERE origin = ?", [ORIGIN]).fetchall()
        return int(size)


@contextmanager
def ssh_agent(folder: Path) -> Iterator[str]:
    """An agent that holds a new key; yields the key's fingerprint."""
    socket, key = folder / "s", folder / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    with subprocess.Popen(["ssh-agent", "-a", str(socket), "-D"], stdout=subprocess.DEVNULL) as agent:
        try:
            until(socket.exists)
            settings = {**os.environ, "SSH_AUTH_SOCK": str(socket)}
            subprocess.run(["ssh-add", "-q", str(key)], check=True, env=settings)
            told = subprocess.run(
                ["ssh-keygen", "-lf", f"{key}.pub"], check=True, capture_output=True, text=True
            ).stdout
            yield told.split()[1]
        finally:
            agent.terminate()


@pytest.fixture
def witness(litewitness: Path, tmp_path: Path) -> Iterator[RunningWitness]:
    with bind("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    with ssh_agent(tmp_path) as fingerprint:
        database = tmp_path / "litewitness.db"
        command = [str(litewitness), "-db", str(database), "-name", NAME, "-key", fingerprint]
        command += ["-ssh-agent", str(tmp_path / "s"), "-listen", f"127.0.0.1:{port}"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            said: list[str] = []
            assert process.stderr is not None
            listener = threading.Thread(target=said.extend, args=[process.stderr], daemon=True)
            listener.start()
            try:
                until(lambda: answers(port))
                until(lambda: "vkey=" in "".join(said))
                vkey = re.search(re.escape(NAME) + r"\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+", "".join(said))
                assert vkey, said
                address = WitnessAddress(VerifierKey.parse(vkey[0]), f"http://127.0.0.1:{port}")
                yield RunningWitness(address, database)
            finally:
                process.terminate()
                process.wait(20)
                listener.join()


def answers(port: int) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/").status_code == 200
    except httpx2.TransportError:
        return False


def settings(witness: RunningWitness) -> LogSettings:
    return LogSettings(interval=0.05, witnesses=(witness.address,), patience=10, first_pause=0.1)


def vkey_of(place: Place) -> str:
    """Return the log's key; make it if there is none yet."""
    with elected(place) as session:
        return signer_of(CheckpointStore(session, ORIGIN), place.folder, ORIGIN).vkey.text


def test_it_cosigns_a_log_that_grows_and_its_cosignatures_are_served(place: Place, witness: RunningWitness) -> None:
    witness.knows(vkey_of(place))
    with keeping(place, settings(witness)):
        for count in (1, 255, 1, 700, 20):
            last = append(place, count)
            until(lambda size=last: NAME in cosigned(place, size))  # type: ignore[misc] # the loop variable's own value
        served = asked(place, lambda log: log.latest()).raw.decode()

    checkpoint = Checkpoint.from_text(served)
    known = VkeySet(Vkey.from_string(witness.address.key.text))
    assert len(known.verify(checkpoint.signatures, checkpoint)) == 1
    assert checkpoint.size == witness.size() == 977
    assert check_log(place)[-1] == 977


def test_it_is_met_where_it_is_when_its_size_was_forgotten(place: Place, witness: RunningWitness) -> None:
    witness.knows(vkey_of(place))
    append(place, 300)
    with keeping(place, settings(witness)):
        until(lambda: NAME in cosigned(place, 300))
    with psycopg.connect(place.owner) as owner:
        owner.execute("DELETE FROM log.witnesses")
    append(place, 300)
    with keeping(place, settings(witness)):
        until(lambda: NAME in cosigned(place, 600))

    assert witness.size() == 600


def test_a_log_that_it_does_not_know_alarms_until_it_does(place: Place, witness: RunningWitness) -> None:
    append(place, 3)
    with keeping(place, settings(witness)):
        until(lambda: alarms_of(place).get(NAME, ("",))[0] == "refused")
        assert size_of(place) == 3
        witness.knows(vkey_of_kept(place))
        until(lambda: NAME in cosigned(place, 3))
        until(lambda: alarms_of(place) == {})


def vkey_of_kept(place: Place) -> str:
    return str(asked(place, lambda log: log.vkey()))


def test_a_fork_is_refused_by_it_and_alarms_here(place: Place, witness: RunningWitness) -> None:
    """A second history under the same key: an operator could sign it after setting back both database and key."""
    witness.knows(vkey_of(place))
    beginning = (place.folder / "last-signed").read_bytes()
    append(place, 300)
    with keeping(place, settings(witness)):
        until(lambda: NAME in cosigned(place, 300))
    set_back(place, beginning)
    append(place, 400)
    keep(place)
    with keeping(place, settings(witness)):
        until(lambda: alarms_of(place).get(NAME, ("",))[0] == "fork")
        assert cosigned(place, 400) == set()

    assert witness.size() == 300


def set_back(place: Place, signed: bytes) -> None:
    """Set the ledger, the log and the key's record back to the beginning."""
    with psycopg.connect(place.owner) as owner:
        owner.execute(
            "TRUNCATE ledger.events, log.tiles, log.head_statements, log.cosignatures, log.checkpoints, log.witnesses;"
            " UPDATE ledger.head SET position = 0, recorded_at = 0"
        )
    (place.folder / "last-signed").write_bytes(signed)
