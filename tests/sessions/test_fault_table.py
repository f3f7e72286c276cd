"""Every kind of session with every fault: a caller gets an error within a limit, and an answer after the fault."""

import asyncio
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from ledger.audit.session import LedgerUnreadableError
from ledger.embedded.postgres import EmbeddedPostgres
from ledger.postgresql.kinds import KINDS, OUTBOX
from ledger.refusals import AwayError
from tests.ledger.fault_proxy import FaultProxy
from tests.sessions.faults import ANOTHER_ANSWERS, NOTHING_ANSWERS, Fault, Struck
from tests.sessions.users import USERS, Ask, Places, User

LIMIT = 12.0
"""Seconds within which each answer must come. The table's patience is shorter; without limits no answer comes."""


async def asked(ask: Ask) -> object:
    """Ask once, within the limit."""
    async with asyncio.timeout(LIMIT):
        return await ask()


async def answered(ask: Ask, told: type[Exception]) -> None:
    """Ask until there is an answer."""
    async with asyncio.timeout(LIMIT):
        while True:
            try:
                await ask()
            except told:
                continue
            return


def on_a_line(
    user: User, fault: Fault, breakable: EmbeddedPostgres, places: Places, folder: Path, *, anybody_answers: bool
) -> None:
    """Let the user begin and be answered, cause the fault, let the user ask, and ask again after the fault."""
    url: str = getattr(places, user.role)
    database = str(conninfo_to_dict(url)["dbname"])

    async def scenario() -> None:
        async with FaultProxy(url, folder).running() as proxy:
            names = [kind.name for kind in user.kinds]
            struck = Struck(breakable, user.role == "vault", database, names, proxy)
            async with user.begun(proxy.url, places) as ask:
                await answered(ask, user.told)
                async with fault(struck):
                    for _ in range(2):
                        if anybody_answers:
                            await asked_of_another(ask, user.told)
                        else:
                            with pytest.raises(user.told):
                                await asked(ask)
                await answered(ask, user.told)

    asyncio.run(scenario())


async def asked_of_another(ask: Ask, told: type[Exception]) -> None:
    """Ask once; the error that the session was lost counts as an answer."""
    try:
        await asked(ask)
    except told:
        return


def named(value: object) -> str | None:
    if isinstance(value, User):
        return value.kinds[0].name.removeprefix("pencere ").replace(" ", "-")
    return getattr(value, "__name__", None)


@pytest.mark.parametrize("fault", NOTHING_ANSWERS, ids=named)
@pytest.mark.parametrize("user", USERS, ids=named)
def test_where_nothing_answers_whoever_asks_is_told_in_time_and_goes_on_afterwards(
    user: User, fault: Fault, breakable: EmbeddedPostgres, places: Places, socket_folder: Path
) -> None:
    on_a_line(user, fault, breakable, places, socket_folder, anybody_answers=False)


@pytest.mark.parametrize("fault", ANOTHER_ANSWERS, ids=named)
@pytest.mark.parametrize("user", USERS, ids=named)
def test_where_a_session_is_struck_whoever_asks_goes_on_with_another(
    user: User, fault: Fault, breakable: EmbeddedPostgres, places: Places, socket_folder: Path
) -> None:
    on_a_line(user, fault, breakable, places, socket_folder, anybody_answers=True)


def test_every_kind_of_session_is_in_the_table() -> None:
    there = {kind.name for user in USERS for kind in user.kinds}

    assert {kind.name for kind in KINDS if kind is not OUTBOX} <= there
    assert any(name.startswith(OUTBOX.name) for name in there)


def test_whatever_is_told_is_of_one_family() -> None:
    """The exceptions are sessions of commands: a command ends with the error, and a person reads the reason."""
    others = {user.told for user in USERS if not issubclass(user.told, AwayError)}

    assert others == {LedgerUnreadableError, psycopg.OperationalError}
