"""The log over HTTP and as plain files: programs that we did not write accept it, and reject a tampered one."""

import asyncio
import http.client
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx2
import psycopg
import pytest
from tlog_scales.backend import HttpBackend
from tlog_scales.tlog import InclusionProofInvalid

from application.settings import MADE_UP_ORIGIN
from ledger.embedded.postgres import LEDGER_DATABASE, EmbeddedPostgres
from ledger.public_log.files import publish_files
from ledger.public_log.public_log import PublicLog
from tests.api.running import RunningWindow, fresh_databases
from tests.ledger.tree.kept import Place, append, keep
from tests.log.others import SIZES, accepted


class Served(NamedTuple):
    """A running window whose log has been signed at each of the sizes."""

    window: RunningWindow
    place: Place

    def get(self, path: str) -> httpx2.Response:
        return httpx2.get(f"{self.window.base_url}/log/{path}", timeout=30)


@pytest.fixture(scope="module")
def served(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with fresh_databases(postgres, "log") as where:
        owner = postgres.ledger_url("pencere_owner", f"{LEDGER_DATABASE}_log")
        folder = tmp_path_factory.mktemp("log")
        place = Place(where.writer, where.projector, where.reader, owner, folder / "log-key")
        with RunningWindow(where, folder, projecting=False) as window:
            for before, size in zip((0, *SIZES), SIZES, strict=False):
                append(place, size - before)
                assert keep(place, MADE_UP_ORIGIN) == size
            yield Served(window, place)


def test_others_accept_what_is_served(served: Served) -> None:
    backend = HttpBackend(f"{served.window.base_url}/log")
    with backend.session:
        assert accepted(backend, served.get("key").text, served.place.owner) == 700


@pytest.mark.parametrize(
    "tampering",
    [
        "set_byte(content, 40, get_byte(content, 40) # 1)",
        "substring(content FROM 33 FOR 32) || substring(content FOR 32) || substring(content FROM 65)",
    ],
    ids=["a bit", "two swapped"],
)
@pytest.mark.parametrize("level", [-1, 0, 1])
def test_others_reject_a_tampered_tile(served: Served, tampering: str, level: int) -> None:
    backend = HttpBackend(f"{served.window.base_url}/log")
    with psycopg.connect(served.place.owner) as owner, backend.session:
        before = owner.execute("SELECT content FROM log.tiles WHERE level = %s AND number = 0", [level]).fetchone()
        assert before is not None
        change = f"UPDATE log.tiles SET content = {tampering} WHERE level = %s AND number = 0"
        owner.execute(change.encode(), [level])
        owner.commit()
        try:
            with pytest.raises((AssertionError, InclusionProofInvalid)):
                accepted(backend, served.get("key").text, served.place.owner)
        finally:
            owner.execute("UPDATE log.tiles SET content = %s WHERE level = %s AND number = 0", [before[0], level])


def test_the_checkpoint_is_text_that_nobody_keeps_for_long(served: Served) -> None:
    answer = served.get("checkpoint")

    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=1"
    assert answer.content.startswith(f"{MADE_UP_ORIGIN}\n700\n".encode())


def test_tiles_are_bytes_that_everybody_may_keep_for_ever(served: Served) -> None:
    for path, length in (("tile/0/000", 8192), ("tile/0/002.p/188", 188 * 32), ("tile/entries/000", 256 * 34)):
        answer = served.get(path)
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert len(answer.content) == length


def test_the_key_is_served_alone(served: Served) -> None:
    answer = served.get("key")

    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert re.fullmatch(re.escape(MADE_UP_ORIGIN) + r"\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+", answer.text)


def test_partial_tiles_of_every_checkpoint_stay_there(served: Served) -> None:
    for path in ("tile/0/000.p/3", "tile/entries/000.p/3", "tile/0/001.p/44", "tile/1/000.p/1", "tile/1/000.p/2"):
        assert served.get(path).status_code == 200, path


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("tile/0/003", "tile-not-there-yet"),
        ("tile/0/002", "tile-not-there-yet"),
        ("tile/0/002.p/189", "tile-not-there-yet"),
        ("tile/2/000.p/1", "tile-not-there-yet"),
        ("tile/0/x001/000", "tile-not-there-yet"),
        ("tile/0/0", "no-such-tile"),
        ("tile/0/000.p/0", "no-such-tile"),
        ("tile/0/000.p/256", "no-such-tile"),
        ("tile/64/000", "no-such-tile"),
        ("tile/00/000", "no-such-tile"),
        ("tile/-1/000", "no-such-tile"),
        ("tile/data/000", "no-such-tile"),
        ("tile/0/x000/000", "no-such-tile"),
        ("tile/0/x000/../000", "no-such-tile"),
        (f"tile/0/{'x111/' * 1433}111", "no-such-tile"),
        (f"tile/0/{'x999/' * 6}999", "no-such-tile"),
    ],
)
def test_what_is_not_there_is_said_exactly(served: Served, path: str, rule: str) -> None:
    where = urlsplit(served.window.base_url)
    connection = http.client.HTTPConnection(str(where.hostname), where.port)  # this client sends the path unchanged
    connection.request("GET", f"/log/{path}")
    answer = connection.getresponse()
    told = json.loads(answer.read())
    connection.close()

    assert answer.status == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert told["rule"] == rule


def test_before_the_first_checkpoint_there_is_nothing(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    with fresh_databases(postgres, "unsigned") as where, RunningWindow(where, tmp_path, projecting=False) as window:
        for path in ("checkpoint", "key"):
            answer = httpx2.get(f"{window.base_url}/log/{path}")
            assert (answer.status_code, answer.json()["rule"]) == (404, "nothing-signed-yet")
        assert httpx2.get(f"{window.base_url}/log/tile/0/000.p/1").json()["rule"] == "tile-not-there-yet"


def test_what_is_watched_of_the_log_is_in_the_metrics(served: Served) -> None:
    text = httpx2.get(f"{served.window.base_url}/metrics").text

    assert "pencere_log_size 700.0" in text
    assert "pencere_log_lag_events 0.0" in text
    assert re.search(r"^pencere_log_signed_seconds 1\.[0-9]+e\+09$", text, re.MULTILINE)


def test_what_is_served_and_what_is_published_are_the_same_bytes(served: Served, tmp_path: Path) -> None:
    async def publish() -> None:
        async with PublicLog(served.place.reader, MADE_UP_ORIGIN) as log:
            await publish_files(log, tmp_path, lambda _done, _total: None)

    asyncio.run(publish())
    paths = [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()]

    assert len(paths) > 5
    assert all(served.get(path).content == (tmp_path / path).read_bytes() for path in paths)
