"""The keeper of the log states, when asked, what a case has in the published tree: the truth and nothing else."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import psycopg
import pytest

from application.identity import looks_stream
from ledger.public_log.head_statement import HeadStatement, opened_statement
from ledger.public_log.session import CHANNEL, LogSession
from ledger.public_log.stating import cases_asked_about, question_about
from ledger.store.ledger import Ledger
from tests.ledger.samples import new_events
from tests.ledger.tree.kept import ORIGIN, Place, append, signer_at
from tests.log.keepers import SLOW, alarms_of, asked, keeping, size_of
from tests.log.waiting import until


def live(place: Place, case_id: UUID, first: int, count: int) -> int:
    """Append so many further events of a case; return the last position."""

    async def appended() -> int:
        async with Ledger(place.writer) as ledger:
            return (await ledger.append(new_events(case_id, first, count))).position

    return asyncio.run(appended())


def stated(place: Place, case_id: UUID, size: int, within: float = 20) -> HeadStatement | None:
    """Ask for the statement about a case in a tree of at least that size."""
    note = asked(place, lambda log: log.stated(case_id, size, within=within))
    return None if note is None else opened_statement(note, signer_at(place).vkey)


def test_a_case_is_stated_as_it_is_in_the_published_tree(place: Place) -> None:
    case_id = UUID(bytes=os.urandom(16))
    append(place, 4)
    with keeping(place, SLOW):
        until(lambda: size_of(place) == 4)
        live(place, case_id, 1, 3)
        last = live(place, looks_stream(case_id), 1, 2)
        first = stated(place, case_id, last)
        live(place, case_id, 4, 1)
        last = append(place, 5)
        second = stated(place, case_id, last)

        assert first == HeadStatement(ORIGIN, case_id, 3, 2, 9)
        assert second == HeadStatement(ORIGIN, case_id, 4, 2, 15)
        assert stated(place, case_id, 9, within=0) == second, "the last one is kept"
        assert asked(place, lambda log: log.of_size(15)).head.size == 15
        assert size_of(place) == 15


def test_nothing_is_stated_of_what_is_no_case(place: Place) -> None:
    last = append(place, 4)
    with keeping(place, SLOW):
        until(lambda: size_of(place) == last)

        assert stated(place, UUID(bytes=os.urandom(16)), 1, within=0.3) is None


def test_questions_that_make_no_sense_do_no_harm(place: Place) -> None:
    case_id = UUID(bytes=os.urandom(16))
    last = live(place, case_id, 1, 1)
    with keeping(place, SLOW):
        until(lambda: size_of(place) == last)
        with psycopg.connect(place.reader, autocommit=True) as anybody:
            for message in ("state ", "state -", f"state {'-' * 36}", f"state {'f' * 36}", "state \N{DIGIT ONE}"):
                anybody.execute("SELECT pg_notify(%s, %s)", [CHANNEL, message])

        assert stated(place, case_id, last) == HeadStatement(ORIGIN, case_id, 1, 0, last)
        assert alarms_of(place) == {}


def test_nobody_but_the_keeper_writes_statements(place: Place) -> None:
    with psycopg.connect(place.reader) as reader, pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.execute("INSERT INTO log.head_statements VALUES ('a', gen_random_uuid(), 1, '')")
    with psycopg.connect(place.writer) as writer, pytest.raises(psycopg.errors.InsufficientPrivilege):
        writer.execute("SELECT * FROM log.head_statements")


def test_a_question_names_one_case() -> None:
    case_id = UUID(bytes=os.urandom(16))

    assert cases_asked_about([question_about(case_id), "", "make room", f"{question_about(case_id)} "]) == {case_id}
    assert cases_asked_about([f"state {case_id}".upper()]) == set()


def test_what_is_asked_while_nobody_keeps_the_log_is_asked_again(place: Place) -> None:
    case_id = UUID(bytes=os.urandom(16))
    last = live(place, case_id, 1, 2)
    with LogSession(place.projector) as session, ThreadPoolExecutor() as pool:
        wait = session.listen()
        answer = pool.submit(stated, place, case_id, last)
        assert question_about(case_id) in wait(20)
        with keeping(place):
            assert answer.result() == HeadStatement(ORIGIN, case_id, 2, 0, last)
