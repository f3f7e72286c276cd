"""The promises of every session, whatever it is for."""

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

import psycopg
import pytest
import uvloop
from psycopg.conninfo import make_conninfo

from ledger.embedded.postgres import ADMIN, EmbeddedPostgres
from ledger.postgresql.election import Lock
from ledger.postgresql.held import HeldSession
from ledger.postgresql.kinds import APPEND, BULK, KINDS, READ, SessionKind
from ledger.postgresql.lost import AnswerOverdueError, is_lost, told_why, translated
from ledger.postgresql.pool import SessionPool
from ledger.postgresql.session import AsyncSession, Session, open_async, open_session
from ledger.refusals import AwayError, LedgerClosedError, LedgerUnavailableError
from tests.ledger.stopped_processes import postmaster_of, stopped
from tests.sessions.users import Places

KIND = SessionKind("pencere test")
LIMIT = 15.0
_ASLEEP = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s"
_SOMEBODYS = Lock(0x74657374, "somebody")


@pytest.fixture
def url(postgres: EmbeddedPostgres, ledger_database: str) -> str:
    return postgres.ledger_url("pencere_writer", ledger_database)


def gone(url: str, backend: int) -> bool:
    """Return whether the server's process of a session ends in time."""
    give_up_at = time.monotonic() + LIMIT
    with psycopg.connect(url, autocommit=True) as beside:
        while time.monotonic() < give_up_at:
            if beside.execute(_ASLEEP, [backend]).fetchone() == (0,):
                return True
    return False


def test_a_statement_that_is_given_up_ends_at_the_server_too(url: str) -> None:
    session = open_session(url, KIND.within(0.3))
    backend = session.info.backend_pid

    with pytest.raises(AnswerOverdueError):
        session.execute("SELECT pg_sleep(600)")

    assert session.closed
    assert gone(url, backend), "long before its own limit"


def test_an_attempt_to_connect_that_is_given_up_leaves_nothing_at_the_server(
    postgres: EmbeddedPostgres, url: str
) -> None:
    """The server would wait for the rest of it for a minute, and let no database be dropped meanwhile."""
    left = "SELECT count(*) FROM pg_stat_activity WHERE state = 'starting'"

    async def give_up_everywhere() -> list[BaseException]:
        kept: list[BaseException] = []
        for moment in range(40):
            attempt = asyncio.create_task(open_async(url, KIND))
            await asyncio.sleep(moment / 2000)  # anywhere within what it takes
            attempt.cancel()
            try:
                await (await attempt).close()
            except asyncio.CancelledError as error:
                kept.append(error)  # and with it the attempt, as a log or a debugger might
        return kept

    gc.disable()  # which would let go of it sooner or later
    try:
        kept = asyncio.run(give_up_everywhere())
        with psycopg.connect(postgres.ledger_url(ADMIN, "postgres"), autocommit=True) as admin:
            give_up_at = time.monotonic() + LIMIT
            while admin.execute(left).fetchone() != (0,):
                assert time.monotonic() < give_up_at
    finally:
        gc.enable()
    assert kept, "some were given up"


def test_the_server_ends_a_statement_a_little_sooner_than_its_client_would(url: str) -> None:
    with open_session(url, KIND._replace(statement=0.2)) as session:
        with pytest.raises(psycopg.errors.QueryCanceled):
            session.execute("SELECT pg_sleep(600)")

        assert session.rows(b"SELECT 1") == [(1,)], "and the session is as good as before"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_is_known_at_the_server_by_its_name_and_its_limits(kind: SessionKind, url: str) -> None:
    asked = "SELECT name, setting FROM pg_settings WHERE name = ANY (%s)"
    names = ["application_name", "statement_timeout", "client_connection_check_interval"]
    with open_session(url, kind) as session:
        known: dict[str, str] = dict(session.execute(asked, [names]).fetchall())

    assert known["application_name"] == kind.name
    assert known["statement_timeout"] == str(round(kind.statement * 1000))
    assert known["client_connection_check_interval"] == "2000"
    assert 0 < kind.statement < kind.answer_within


def test_options_that_the_address_carries_stay_where_they_are_not_ours(url: str) -> None:
    theirs = make_conninfo(url, options="-c work_mem=5MB -c statement_timeout=1h", application_name="other")

    with open_session(theirs, READ) as session:
        assert session.rows(b"SHOW work_mem") == [("5MB",)]
        assert session.rows(b"SHOW statement_timeout") == [("8s",)]
        assert session.rows(b"SHOW application_name") == [("pencere read",)]


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_a_session_may_be_closed_while_somebody_waits_on_it(run: Callable[[Awaitable[None]], None], url: str) -> None:
    """Otherwise uvloop may abort the process, when a socket is closed on which a task waits."""

    async def scenario() -> None:
        session = await open_async(url, KIND)
        asked = asyncio.create_task(session.execute("SELECT pg_sleep(600)"))
        await asyncio.wait([asked], timeout=0.05)
        assert session.lock.locked()
        await session.close()
        async with asyncio.timeout(LIMIT):
            with pytest.raises(psycopg.OperationalError):
                await asked
        assert session.closed

    run(scenario())


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_whoever_gives_a_question_up_that_nobody_answers_is_free_in_time(
    run: Callable[[Awaitable[None]], None], url: str
) -> None:
    async def scenario() -> None:
        session = await open_async(url, KIND)
        backend = session.info.backend_pid
        with stopped([backend]):
            asked = asyncio.create_task(session.execute("SELECT true"))
            await asyncio.wait([asked], timeout=0.05)
            asked.cancel()
            done, _ = await asyncio.wait([asked], timeout=LIMIT)
            assert done
            await session.close()

    run(scenario())


Opened: TypeAlias = asyncio.Future[AsyncSession]


async def hold(url: str, opened: Opened) -> None:
    async with await open_async(url, KIND) as session:
        opened.set_result(session)
        await asyncio.Event().wait()


async def listen(url: str, opened: Opened) -> None:
    """The driver's generator of notices holds the session until it is closed too."""
    async with await open_async(url, KIND) as session:
        await session.execute("LISTEN here")
        await session.execute("NOTIFY here, '1'")
        async for _ in session.notifies():
            opened.set_result(session)
            await asyncio.Event().wait()


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("use", [hold, listen])
def test_a_block_that_is_cancelled_twice_leaves_no_session_open(
    run: Callable[[Awaitable[None]], None],
    turns: int,
    use: Callable[[str, Opened], Coroutine[Any, Any, None]],
    url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The driver rolls back first, and lets others run meanwhile if the loop was busy: as it is here always."""
    monkeypatch.setattr("psycopg.waiting.MAX_BUSY_TIME", 0)

    async def scenario() -> None:
        opened: Opened = asyncio.get_running_loop().create_future()
        using = asyncio.create_task(use(url, opened))
        session = await opened
        using.cancel()
        for _ in range(turns):
            await asyncio.sleep(0)
        using.cancel()
        with pytest.raises(asyncio.CancelledError):
            await using
        assert session.closed

    run(scenario())


def test_a_session_whose_first_statement_fails_or_is_given_up_is_closed(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = KIND._replace(first="SELECT 1 / 0")
    left: list[AsyncSession | Session] = []
    begun = asyncio.Event()

    def register(session: AsyncSession | Session) -> None:
        left.append(session)
        begun.set()

    monkeypatch.setattr("ledger.postgresql.session.arrays.register", register)

    async def give_up() -> None:
        begun.clear()
        opening = asyncio.create_task(open_async(url, KIND._replace(first="SELECT pg_sleep(600)")))
        await begun.wait()
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening

    with pytest.raises(psycopg.errors.DivisionByZero):
        open_session(url, refused)
    with pytest.raises(psycopg.errors.DivisionByZero):
        asyncio.run(open_async(url, refused))
    asyncio.run(give_up())

    assert [session.closed for session in left] == [True, True, True]


def test_a_server_that_lets_nobody_in_is_given_up(breakable: EmbeddedPostgres, places: Places) -> None:
    """It is stopped: its socket accepts connections, and nobody answers."""

    async def scenario() -> None:
        async with asyncio.timeout(LIMIT):
            with pytest.raises(AnswerOverdueError):
                await open_async(places.writer, KIND.within(0.2))

    with stopped([postmaster_of(breakable.ledger)]):
        asyncio.run(scenario())
        with pytest.raises(psycopg.OperationalError):
            open_session(places.writer, KIND.within(0.2))


@pytest.mark.parametrize("lost", ["held", "closed", "killed"])
def test_a_lock_is_held_by_one_session_and_lost_with_it(url: str, postgres: EmbeddedPostgres, lost: str) -> None:
    first, second = open_session(url, KIND), open_session(url, KIND)
    assert first.elect(_SOMEBODYS)
    assert first.elect(_SOMEBODYS), "it is still there"
    assert not second.elect(_SOMEBODYS)

    if lost == "closed":
        first.close()
    elif lost == "killed":
        with psycopg.connect(postgres.ledger_url(ADMIN, "postgres"), autocommit=True) as admin:
            admin.execute("SELECT pg_terminate_backend(%s)", [first.info.backend_pid])
    if lost == "held":
        assert not second.elect(_SOMEBODYS)
        assert first.elect(_SOMEBODYS)
    else:
        with pytest.raises(psycopg.OperationalError):
            first.elect(_SOMEBODYS)
        give_up_at = time.monotonic() + LIMIT
        while not second.elect(_SOMEBODYS):
            assert time.monotonic() < give_up_at
    first.close()
    second.close()


def test_tasks_are_elected_as_threads_are(url: str) -> None:
    async def scenario() -> None:
        first, second = await open_async(url, KIND), await open_async(url, KIND)
        assert [await each.elect(_SOMEBODYS) for each in (first, second, first)] == [True, False, True]
        assert (first.held, second.held) == (frozenset({_SOMEBODYS}), frozenset())
        await first.close()
        async with asyncio.timeout(LIMIT):
            while not await second.elect(_SOMEBODYS):
                pass
        await second.close()

    asyncio.run(scenario())


def test_a_value_that_is_too_long_for_ever_is_no_lost_session() -> None:
    def raises() -> NoReturn:
        raise psycopg.errors.ProgramLimitExceeded("too long for an index")

    assert is_lost(AnswerOverdueError())
    assert is_lost(psycopg.errors.AdminShutdown())
    assert not is_lost(psycopg.errors.UniqueViolation())
    with pytest.raises(psycopg.errors.ProgramLimitExceeded), translated(AwayError):
        raises()


def test_what_a_person_is_told_names_the_reason_in_one_line() -> None:
    said = pytest.raises(LedgerUnavailableError, match=r"^the views cannot be read: first$")
    with said, told_why(LedgerUnavailableError, "the views"):
        raise psycopg.OperationalError("first\nsecond")


def test_who_holds_a_session_is_told_their_own_error_and_has_all_of_a_block_or_nothing(url: str) -> None:
    def write_and(held: HeldSession, fail: str) -> None:
        with held.together() as session:
            session.execute("CREATE TEMP TABLE half (n int)")
            session.execute(fail)

    def begun() -> HeldSession:
        return HeldSession(url, KIND, partial(translated, LedgerUnavailableError))

    with begun() as held:
        with pytest.raises(psycopg.errors.DivisionByZero):
            write_and(held, "SELECT 1 / 0")
        assert held.rows("SELECT to_regclass('half') IS NULL") == [(True,)]
        with pytest.raises(LedgerUnavailableError):
            write_and(held, "SELECT pg_terminate_backend(pg_backend_pid())")
        with pytest.raises(LedgerUnavailableError):
            held.rows("SELECT true")
    with begun() as anew, anew.used() as session:
        assert anew.rows("SELECT true") == [(True,)]

    assert session.closed


def in_a_pool(url: str, scenario: Callable[[SessionPool], Awaitable[None]], kind: SessionKind = KIND) -> None:
    async def run() -> None:
        pool = SessionPool(url, kind, most=2)
        async with asyncio.timeout(LIMIT):
            await scenario(pool)
        await pool.close()

    asyncio.run(run())


def test_a_pool_has_no_more_sessions_than_it_may_and_each_is_used_again(url: str) -> None:
    async def scenario(pool: SessionPool) -> None:
        backends = await asyncio.gather(*[pool.rows(b"SELECT pg_backend_pid(), pg_sleep(0.01)") for _ in range(20)])

        assert len({backend for [(backend, _)] in backends}) == 2

    in_a_pool(url, scenario)


def test_whoever_waits_for_a_session_that_does_not_come_free_is_told(url: str) -> None:
    async def scenario(pool: SessionPool) -> None:
        async with pool.session(), pool.session():
            with pytest.raises(AnswerOverdueError, match="come free"):
                await pool.rows(b"SELECT true")

        assert await pool.rows(b"SELECT true") == [(True,)]

    in_a_pool(url, scenario, KIND.within(0.2))


def test_whoever_gives_up_waiting_for_a_session_takes_none_away(url: str) -> None:
    async def scenario(pool: SessionPool) -> None:
        async with pool.session(), pool.session():
            waiting = [asyncio.create_task(pool.rows(b"SELECT true")) for _ in range(10)]
            await asyncio.sleep(0)
            for task in waiting[:9]:
                task.cancel()
        assert await waiting[9] == [(True,)]
        async with pool.session(), pool.session():
            pass

    in_a_pool(url, scenario)


def test_a_session_that_is_lost_or_left_in_a_transaction_is_not_given_to_the_next(url: str) -> None:
    async def scenario(pool: SessionPool) -> None:
        async with pool.session() as left:
            await left.execute("BEGIN")
        async with pool.session() as other:
            assert other is not left
            await AsyncSession.close(other)
        async with pool.session() as third:
            assert third not in {left, other}
            assert await third.rows(b"SELECT true") == [(True,)]

    in_a_pool(url, scenario)


def test_closing_a_pool_tells_everybody_who_waits_for_a_session(url: str) -> None:
    async def scenario(pool: SessionPool) -> None:
        async with pool.session(), pool.session() as held:
            waiting = [asyncio.create_task(pool.rows(b"SELECT true")) for _ in range(5)]
            await asyncio.sleep(0)
            await pool.close()
            told = await asyncio.gather(*waiting, return_exceptions=True)
            assert [type(each) for each in told] == [LedgerClosedError] * 5
            assert await held.rows(b"SELECT true") == [(True,)], "who has one may end what they do"

        assert held.closed

    in_a_pool(url, scenario)


def test_limits_of_each_kind_are_in_the_operators_page() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "operator.md").read_text()

    for kind in KINDS:
        assert f"| `{kind.name}" in page, kind.name
        [line] = [each for each in page.splitlines() if each.startswith(f"| `{kind.name}`")]
        assert f"| {kind.statement:g} s | {kind.answer_within:g} s |" in line
    assert APPEND.answer_within < BULK.answer_within
