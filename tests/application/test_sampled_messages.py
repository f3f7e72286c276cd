"""Auditors read the messages on which the lot falls, and no others."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from application.access.authorisation import NotAllowedError
from application.access.callers import Caller, Role
from application.cases.case_commands import change_case
from application.cases.case_streams import load_case
from application.cases.erasure import erase_person
from application.cases.requests import MessageToSend, MessageToTakeBack
from application.cases.sampled_messages import is_in_sample, sampled_messages
from application.clock import system_clock
from application.identity import looks_stream
from application.window import Window, window_on
from domain.case.message_decisions import SHOWN_AFTER
from ledger.embedded.postgres import EmbeddedPostgres
from ledger.store.entry_hash import entry_of
from ledger.store.ledger import Ledger
from ledger.vault.key_encryption import FileKeyEncryption
from ledger.vault.vault import Vault
from tests.application.town import ISSUER, citizen, official, open_town, submitted

AUDITOR = Caller(ISSUER, "auditor", Role.AUDITOR)
ANA = citizen("ana")
Scene = Callable[[Window, "Clock"], Awaitable[None]]
Played = Callable[[Scene], None]


class Clock:
    """A clock that runs as the system's, and can be moved on."""

    ahead = timedelta()

    def __call__(self) -> datetime:
        """Return the time."""
        return system_clock() + self.ahead


@pytest.fixture
def played(postgres: EmbeddedPostgres, ledger_database: str, vault_database: str, tmp_path: Path) -> Played:
    """Let a scene happen in a town whose clock it can move."""

    @asynccontextmanager
    async def opened(clock: Clock) -> AsyncIterator[Window]:
        ledger_url = postgres.ledger_url("pencere_writer", ledger_database)
        vault_url = postgres.vault_url("pencere_vault", vault_database)
        keys = FileKeyEncryption(tmp_path / "keys.json")
        async with (
            Ledger(ledger_url) as ledger,
            Vault(vault_url, keys) as vault,
            window_on(ledger, vault, clock) as own,
        ):
            yield own

    async def play(scene: Scene) -> None:
        clock = Clock()
        async with opened(clock) as window:
            await open_town(window)
            await scene(window, clock)

    return lambda scene: asyncio.run(play(scene))


async def writes(window: Window, case_id: UUID, words: str) -> bool:
    """Let the applicant write something; return whether the lot falls on it."""
    version = (await load_case(window.ledger, case_id)).version
    await change_case(window, ANA, case_id, version, MessageToSend(words=words), None)
    (sent,) = await window.ledger.read_stream(case_id, version)
    return is_in_sample(entry_of(sent))


async def writes_until_the_lot_falls(window: Window, clock: Clock) -> tuple[UUID, int]:
    """Let the applicant write in many cases until the lot falls on a message; return its case, and how many others."""
    others = 0
    while True:
        case_id = (await submitted(window, ANA)).case_id
        for _ in range(10):
            if await writes(window, case_id, "Is a plan missing?"):
                return case_id, others
            others += 1
        clock.ahead += timedelta(seconds=1)


def test_an_auditor_reads_a_message_on_which_the_lot_falls_and_no_other(played: Played) -> None:
    async def scene(window: Window, clock: Clock) -> None:
        case_id, _ = await writes_until_the_lot_falls(window, clock)
        assert (await sampled_messages(window, AUDITOR, 0)).messages == [], "it may still be taken back"
        clock.ahead += SHOWN_AFTER

        sample = await sampled_messages(window, AUDITOR, 0)

        assert [(one.case_id, one.side, one.words) for one in sample.messages] == [
            (case_id, "applicant", "Is a plan missing?")
        ]
        await window.looks.recorded()
        assert len(await window.ledger.read_stream(looks_stream(case_id))) == 1, "the applicant sees the look"
        assert sample.last is not None
        assert (await sampled_messages(window, AUDITOR, sample.last)).messages == []

    played(scene)


def test_no_page_leaves_out_a_message_that_may_still_be_taken_back(played: Played) -> None:
    async def scene(window: Window, clock: Clock) -> None:
        await writes_until_the_lot_falls(window, clock)
        before = await sampled_messages(window, AUDITOR, 0)
        clock.ahead += SHOWN_AFTER

        assert before.last is not None
        assert len((await sampled_messages(window, AUDITOR, before.last)).messages) == 1

    played(scene)


def test_a_message_that_was_taken_back_is_read_by_nobody(played: Played) -> None:
    async def scene(window: Window, clock: Clock) -> None:
        case_id, _ = await writes_until_the_lot_falls(window, clock)
        case = await load_case(window.ledger, case_id)
        assert case.state is not None
        taken_back = MessageToTakeBack(number=len(case.state.messages.sent))
        await change_case(window, ANA, case_id, case.version, taken_back, None)
        clock.ahead += SHOWN_AFTER

        assert (await sampled_messages(window, AUDITOR, 0)).messages == []

    played(scene)


def test_the_words_of_an_erased_sender_are_gone(played: Played) -> None:
    async def scene(window: Window, clock: Clock) -> None:
        case_id, _ = await writes_until_the_lot_falls(window, clock)
        await erase_person(window, ISSUER, ANA.subject)
        clock.ahead += SHOWN_AFTER

        (message,) = (await sampled_messages(window, AUDITOR, 0)).messages
        assert (message.case_id, message.words) == (case_id, None)

    played(scene)


@pytest.mark.parametrize("caller", [ANA, official("murad")], ids=lambda caller: caller.role.value)
def test_only_auditors_read_the_sample(played: Played, caller: Caller) -> None:
    async def scene(window: Window, _: Clock) -> None:
        with pytest.raises(NotAllowedError):
            await sampled_messages(window, caller, 0)

    played(scene)


def test_the_lot_falls_on_one_in_fifty() -> None:
    drawn = sum(is_in_sample(number.to_bytes(32)) for number in range(50_000))

    assert 850 < drawn < 1150
