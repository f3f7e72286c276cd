"""The webhooks page as a developer follows it: its commands word for word, from an empty folder to events in a table.

Only two things differ from the page. The ports are free ones, because the usual ones may be in use. And there is no
network: `uv` finds the wheel of `standardwebhooks` in a folder, made from the installed package.
"""

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx2
import pytest

from application.subscriptions.special_addresses import TABLE
from consumers.webhooks.settings import WebhookSettings
from tests.cli.conftest import data
from tests.cli.running import ROOT
from tests.docs.terminal import Terminal, typed
from tests.docs.test_agencies_document import free_port
from tests.docs.wheels import wheel_of

__all__ = ["data"]

DOCUMENT = (ROOT / "docs" / "webhooks.md").read_text()
EXAMPLE = ROOT / "subscriber" / "examples" / "webhook_receiver.py"
_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture
def ports() -> Mapping[str, str]:
    """The document's ports, and the free ones in their place."""
    return {"8000": str(free_port()), "9000": str(free_port())}


@pytest.fixture
def blocks(ports: Mapping[str, str]) -> list[str]:
    """The document's commands, block by block."""
    return [re.sub("|".join(ports), lambda port: ports[port[0]], block) for block in _BLOCK.findall(DOCUMENT)]


@pytest.fixture
def environment(tmp_path: Path, data: Path) -> Mapping[str, str]:
    """A developer's machine: the checkout in ~/pencere, uv, curl."""
    home, wheels = tmp_path / "home", tmp_path / "wheels"
    home.mkdir()
    wheels.mkdir()
    (home / "pencere").symlink_to(ROOT)
    wheel_of("standardwebhooks", wheels)
    return {
        "HOME": str(home),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]),
        "PENCERE_DATA": str(data),
        "UV_CACHE_DIR": str(tmp_path / "uv"),
        "UV_FIND_LINKS": str(wheels),
        "UV_OFFLINE": "1",
    }


def test_from_an_empty_folder_to_signed_events_in_a_table(
    blocks: list[str], ports: Mapping[str, str], environment: Mapping[str, str], tmp_path: Path
) -> None:
    window, install, subscribe, missing = blocks
    folder = tmp_path / "empty"
    folder.mkdir()

    with Terminal(window, folder, environment) as serve:
        serve.wait_for("Ctrl-C stops it; the data stays")
        typed(install, folder, environment)
        with Terminal(subscribe, folder, environment) as receiver:
            receiver.wait_for("Waiting for events.")
            typed(serve.after("# citizen: submit a request"), folder, environment)
            receiver.wait_for("case.submitted")
            unsigned = httpx2.post(f"http://127.0.0.1:{ports['9000']}/events", content=b"{}")
            named = typed(missing, folder, environment)

    assert unsigned.status_code == 401
    assert len(named.split()) == 1


def test_the_document_shows_the_program_as_it_is() -> None:
    [shown] = re.findall(r"^```python\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)

    assert shown == EXAMPLE.read_text()
    assert len(shown.splitlines()) < 65


def test_the_document_has_the_table_of_refused_addresses_as_it_is() -> None:
    shown = re.search(r"^\| kind \| networks \|\n.*?\n(.*?)\n\n", DOCUMENT, re.MULTILINE | re.DOTALL)
    rows = [f"| {kind} | {', '.join(f'`{network}`' for network in networks)} |" for kind, networks in TABLE]

    assert shown is not None
    assert shown[1].splitlines() == rows


def test_the_document_has_the_settings_as_they_are() -> None:
    usual = WebhookSettings()
    shown = dict(re.findall(r"^\| `PENCERE_WEBHOOK_(\w+)` \|.*\| (\d+) \|$", DOCUMENT, re.MULTILINE))

    assert {name: int(value) for name, value in shown.items()} == {
        "GIVE_UP_HOURS": usual.give_up_after.total_seconds() / 3600,
        "LONGEST_PAUSE": usual.longest_pause.total_seconds(),
        "TIME_LIMIT": usual.time_limit,
        "AT_ONCE": usual.at_once,
    }
