"""A submission that is refused or answered already leaves no key; one whose outcome is unknown keeps it."""

import asyncio
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from application.cases.casework import Written
from application.cases.prevention import sweep_orphans
from application.cases.requests import Submission
from application.cases.submission import submit
from application.idempotency import Idempotency
from application.window import Window
from domain.case.refusals import AnswerMissing, ElementUnknown
from domain.refusals import Refusal
from domain.text import TextHasSomethingToSee
from ledger.embedded.postgres import EmbeddedPostgres
from ledger.refusals import KeyReusedError, LedgerBusyError, LedgerUnavailableError
from ledger.store.ledger import Ledger
from tests.application.conftest import OpenWindow
from tests.application.town import ISSUER, citizen, open_town
from tests.ledger.fault_proxy import FaultProxy

LEYLA = citizen("leyla")


@pytest.fixture
def socket_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="pcp-", dir="/tmp") as folder:
        yield Path(folder)


async def submits(window: Window, name: str = "Ana", key: str | None = None) -> Written:
    request = Submission(service="permit", answers={"person.name": name})
    idempotency = None if key is None else Idempotency("POST /v1/cases", key, name.encode())
    return await submit(window, LEYLA, request, "internet", idempotency)


async def check_keys(window: Window, *cases: Written) -> None:
    """Check that the applicant has the keys of these cases alone, so that the sweep has nothing to tell the ledger."""
    keys = await window.vault.keys_of(ISSUER, LEYLA.subject)
    assert {own.case_id for own in keys} == {case.case_id for case in cases}
    head = await window.ledger.head()
    assert (await sweep_orphans(window, timedelta()), await window.ledger.head()) == (0, head)


@pytest.mark.parametrize(
    ("answers", "refusal"),
    [
        ({"person.name": "\u200b"}, TextHasSomethingToSee),
        ({"person.name": "Ana", "person.shoe": "42"}, ElementUnknown),
        ({}, AnswerMissing),
    ],
)
def test_a_refused_submission_leaves_no_key(
    open_window: OpenWindow, answers: dict[str, str], refusal: type[Refusal]
) -> None:
    async def main() -> None:
        async with open_window() as window:
            await open_town(window)
            with pytest.raises(refusal):
                await submit(window, LEYLA, Submission(service="permit", answers=dict(answers)), "internet", None)
            await check_keys(window)

    asyncio.run(main())


def test_a_repeated_submission_leaves_no_key_but_that_of_the_case_that_it_made(open_window: OpenWindow) -> None:
    async def main() -> None:
        async with open_window() as window:
            await open_town(window)
            one, other = await asyncio.gather(submits(window, key="one"), submits(window, key="one"))
            again = await submits(window, key="one")

            assert one.case_id == other.case_id == again.case_id
            await check_keys(window, one)

    asyncio.run(main())


def test_a_key_that_comes_with_another_body_leaves_no_key_in_the_vault(open_window: OpenWindow) -> None:
    async def main() -> None:
        async with open_window() as window:
            await open_town(window)
            case = await submits(window, key="one")
            with pytest.raises(KeyReusedError):
                await submits(window, "Bela", key="one")
            await check_keys(window, case)

    asyncio.run(main())


def test_a_submission_that_the_ledger_is_too_busy_for_leaves_no_key(
    open_window: OpenWindow, postgres: EmbeddedPostgres, ledger_database: str
) -> None:
    async def main() -> None:
        async with (
            open_window() as window,
            Ledger(postgres.ledger_url("pencere_writer", ledger_database), most_waiting=0) as busy,
        ):
            await open_town(window)
            with pytest.raises(LedgerBusyError):
                await submits(window._replace(ledger=busy))
            await check_keys(window)

    asyncio.run(main())


def test_a_case_whose_submission_got_no_answer_keeps_its_key(
    open_window: OpenWindow, postgres: EmbeddedPostgres, ledger_database: str, socket_folder: Path
) -> None:
    async def main() -> None:
        proxy = FaultProxy(postgres.ledger_url("pencere_writer", ledger_database), socket_folder)
        async with open_window() as window, proxy.running(), Ledger(proxy.url, patience=0.3) as ledger:
            await open_town(window)
            through_the_proxy = window._replace(ledger=ledger)
            first = await submits(through_the_proxy)  # it is connected now
            proxy.be_slow(slow=True)
            with pytest.raises(LedgerUnavailableError):
                await submits(through_the_proxy, key="lost")
            proxy.be_slow(slow=False)
            lost = await submits(window, key="lost")

            assert lost.repeated
            await check_keys(window, first, lost)

    asyncio.run(main())
