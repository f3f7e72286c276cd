"""The auditor's projection runs exactly as in the document, on a ledger with cases."""

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from application.cases.case_streams import load_case
from cli.demo import CITIZEN, Demonstrators, load_demo, work_on_demo
from ledger.embedded.postgres import EmbeddedPostgres
from tests.application.conftest import OpenWindow, open_window
from tests.draws.steered import drawn_for
from tests.ledger.shop import Basket, Shop

__all__ = ["open_window"]

ISSUER = "https://issuer.example"
ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "auditor-projection.md").read_text()
[SNIPPET] = re.findall(r"^```python\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
[PRINTED, *_] = re.findall(r"^```text\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)


def run(folder: Path, url: str) -> str:
    """Run the snippet as an auditor does: in a file, with a role that may only read, and the password separate."""
    script = folder / "outcomes.py"
    script.write_text(SNIPPET)
    told = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    password = told.pop("password")
    ended: subprocess.CompletedProcess[str] = subprocess.run(
        [sys.executable, "-W", "error", str(script)],
        env={
            "PATH": os.defpath,
            "PGPASSWORD": password,
            "PENCERE_LEDGER_URL": make_conninfo(**told),
        },
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_an_auditors_projection_prints_what_the_document_says(
    open_window: OpenWindow, postgres: EmbeddedPostgres, ledger_database: str, tmp_path: Path
) -> None:
    async def fill() -> None:
        async with open_window() as window:
            await load_demo(window, ISSUER)
            for own in await window.vault.cases_of(ISSUER, CITIZEN, None, 10):
                case = (await load_case(window.ledger, own.case_id)).state
                assert case is not None
                await drawn_for(window, Demonstrators(ISSUER).officials(case.agency)[0], own.case_id)
            await work_on_demo(window, ISSUER)

    asyncio.run(fill())
    url = postgres.ledger_url("pencere_reader", ledger_database)

    assert run(tmp_path, url) == PRINTED

    writing = {
        "PERSISTENCE_MODULE": "ledger.eventsourcing_adapter",
        "PENCERE_LEDGER_URL": postgres.ledger_url("pencere_writer", ledger_database),
    }
    with Shop(env=writing) as shop:
        shop.save(Basket("Leyla"))

    assert run(tmp_path, url) == PRINTED


def test_the_projection_is_about_thirty_lines() -> None:
    lines = [line for line in SNIPPET.splitlines() if line.strip() and not line.startswith(("from ", "import "))]

    assert len(lines) <= 32
