"""One command starts everything."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import ROOT, Served, environment, pencere, serving, summary_of

CURL = """#!{python}
import sys, httpx2
arguments = sys.argv[1:]
method, headers, body, address = None, {{}}, None, None
while arguments:
    word = arguments.pop(0)
    if word == "-H":
        name, _, value = arguments.pop(0).partition(": ")
        headers[name] = value
    elif word == "-d":
        body = arguments.pop(0)
    elif word == "-X":
        method = arguments.pop(0)
    elif word != "-s":
        address = word
answer = httpx2.request(method or ("POST" if body else "GET"), address, headers=headers, content=body, timeout=30)
print(answer.text)
"""


@pytest.fixture
def shell(tmp_path: Path) -> Callable[[str], str]:
    """Run a line as a newcomer would paste it. Without curl here, a small stand-in knows the used options."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    if shutil.which("curl") is None:
        stand_in = tmp_path / "curl"
        stand_in.write_text(CURL.format(python=sys.executable))
        stand_in.chmod(0o755)
        path = f"{tmp_path}:{path}"

    def run(line: str) -> str:
        ended = subprocess.run(
            ["sh", "-c", line], cwd=ROOT, env=environment(PATH=path), capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    return run


def test_every_request_that_is_printed_works_as_it_stands(served: Served, shell: Callable[[str], str]) -> None:
    requests = [line for line in served.said if line.startswith("curl ")]

    answers = [json.loads(shell(line)) for line in requests]

    assert len(requests) == 10
    assert not [answer for answer in answers if "rule" in answer]
    assert answers[2]["service"] == "property-extract"
    assert {"items", "next"} <= answers[4].keys() & answers[6].keys(), "a worklist, and all draws"


def test_the_documentation_is_where_it_says(served: Served) -> None:
    assert served.get("/docs").status_code == 200
    assert "/v1/cases" in served.get("/openapi.json").json()["paths"]


def test_health_tells_life_and_readiness(served: Served) -> None:
    assert served.get("/health/live").status_code == 200
    assert served.get("/health/ready").status_code == 200


def test_token_prints_the_token_alone(shared_data: Path, served: Served) -> None:
    ended = pencere("token", "--role", "citizen", "--subject", "leyla", data=shared_data)

    assert ended.stdout.count(".") == 2
    assert ended.stdout.count("\n") == 1
    assert served.get("/v1/my/cases", ended.stdout.strip()).status_code == 200


def test_an_officials_token_without_an_agency_is_refused_in_one_sentence(shared_data: Path) -> None:
    ended = pencere("token", "--role", "official", "--subject", "o", data=shared_data)

    assert ended.returncode == 1
    assert "agency" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_production_mode_has_no_development_issuer(shared_data: Path) -> None:
    issuer = {
        "PENCERE_MODE": "production",
        "PENCERE_OIDC_ISSUER": "https://id.example",
        "PENCERE_OIDC_JWKS": "/no/file",
    }
    ended = pencere("token", "--role", "citizen", "--subject", "leyla", data=shared_data, **issuer)

    assert ended.returncode == 1
    assert ended.stdout == ""


def test_a_port_that_is_taken_is_said_in_one_sentence(served: Served, shared_data: Path) -> None:
    port = served.address.rpartition(":")[2]
    ended = pencere("serve", "--port", port, data=shared_data)

    assert ended.returncode == 1
    assert "--port" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_writer_sees_its_own_write_through_another_process(served: Served, shared_data: Path) -> None:
    citizen = served.token("citizen", "nigar")
    with serving(shared_data) as other:
        body = {"service": "property-extract", "answers": {"property.number": "1", "extract.kind": "full"}}
        written = served.post("/v1/cases", body, citizen)
        headers = {"Position-Token": written.headers["Position-Token"], "Prefer": "wait=10"}
        read = other.get(f"/v1/cases/{written.json()['caseId']}", citizen, **headers)

    assert written.status_code == 201
    assert read.json()["reference"] == written.json()["reference"]


def test_secrets_in_the_data_folder_are_for_its_owner_only(served: Served, shared_data: Path) -> None:
    assert served.address
    for name in ("role-passwords.json", "key-encryption-keys.json", "development-issuer.json"):
        assert stat.S_IMODE((shared_data / name).stat().st_mode) == 0o600


def test_migrate_twice_applies_once(no_data: Path) -> None:
    first = summary_of(pencere("migrate", "--json", data=no_data))
    second = summary_of(pencere("migrate", "--json", data=no_data))

    assert len(first["applied"]) > 5
    assert second["applied"] == []


def test_without_demo_the_window_is_empty(no_data: Path) -> None:
    with serving(no_data, "--no-demo") as served:
        assert served.get("/v1/services").json()["items"] == []
        assert served.stop() == 0


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=lambda how: how.name)
def test_whoever_ends_serve_ends_its_databases_too(data: Path, how: signal.Signals) -> None:
    with serving(data, "--no-demo") as served:
        assert served.stop(how) == 0

    assert not (data / "ledger" / "pgdata" / "postmaster.pid").exists()
    assert not (data / "vault" / "pgdata" / "postmaster.pid").exists()


def test_a_killed_serve_leaves_nothing_that_stops_the_next(data: Path) -> None:
    with serving(data) as served:
        citizen = served.token("citizen", "leyla")
        before = [item["caseId"] for item in served.get("/v1/my/cases", citizen).json()["items"]]
        served.process.send_signal(signal.SIGKILL)
        served.process.wait()
    with serving(data) as again:
        assert [item["caseId"] for item in again.get("/v1/my/cases", citizen).json()["items"]] == before
        assert again.stop() == 0


def test_a_data_folder_that_is_a_file_is_refused_by_name(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("")
    ended = pencere("serve", "--port", "0", data=place)

    assert ended.returncode == 1
    assert str(place) in ended.stderr
    assert "Traceback" not in ended.stderr


def test_one_url_without_the_other_is_refused(data: Path) -> None:
    ended = pencere("migrate", data=data, DATABASE_URL="postgresql://127.0.0.1:1/none")

    assert ended.returncode == 1
    assert "VAULT_URL" in ended.stderr
