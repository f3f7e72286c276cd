"""The owner of a database can drop its constraints: the audit reads each row, wherever a page of its reading ends."""

import asyncio
from random import Random

import psycopg
import pytest

from application.verifying.ledger import check_ledger
from application.verifying.workers import here
from ledger.audit.findings import Finding
from ledger.audit.whole import Against
from ledger.embedded.postgres import ADMIN, EmbeddedPostgres
from ledger.store.entries import NewEvent
from ledger.store.ledger import Ledger
from tests.ledger.samples import new_stream
from tests.ledger.tree.conftest import place
from tests.ledger.tree.kept import Place, keep

__all__ = ["place"]

EVENTS = 9000
ANY_POSITION = (
    "ALTER TABLE ledger.events DROP CONSTRAINT events_pkey",
    "CREATE INDEX ON ledger.events (position)",
)
ANY_VERSION = (
    "ALTER TABLE ledger.events DROP CONSTRAINT events_stream_version",
    "CREATE INDEX ON ledger.events (stream, version)",
)
ONE_MORE = "UPDATE ledger.head SET position = position + 1"
TWO_HERE = "there are two events at this position"


@pytest.fixture
def signed(place: Place) -> Place:
    """A ledger of many pages, all of them signed, of an application whose events nobody judges."""
    drawn = Random(6)

    async def appended() -> None:
        async with Ledger(place.writer) as ledger:
            for _ in range(EVENTS // 500):
                stream = new_stream()
                events = [NewEvent(stream, n, "x", b"{}", b"", drawn.randbytes(32)) for n in range(1, 501)]
                await ledger.append(events)

    asyncio.run(appended())
    assert keep(place) == EVENTS
    return place


@pytest.fixture
def admin(postgres: EmbeddedPostgres, ledger_database: str) -> str:
    """The ledger's database, as a superuser."""
    return postgres.ledger_url(ADMIN, ledger_database)


def found_after(place: Place, *statements: str) -> list[Finding]:
    """Return what the audit finds once the owner has done this."""
    with psycopg.connect(place.owner) as owner:
        for statement in statements:
            assert owner.execute(statement.encode()).rowcount, statement
    return check_ledger(place.reader, Against(), here, lambda _done, _total: None).findings


def forged(position: str, where: str) -> str:
    """Return the statement that inserts a forged event beside those."""
    columns = f"{position}, gen_random_uuid(), 1, recorded_at, 'x', sha256('1'), open, sealed"
    return f"INSERT INTO ledger.events SELECT {columns} FROM ledger.events WHERE {where}"


def test_a_second_event_at_a_position_is_found_wherever_a_page_ends(signed: Place) -> None:
    places = [1, 4095, 4096, 4097, 8191, 8192, 8193, EVENTS]
    found = found_after(signed, *ANY_POSITION, forged("position", f"position = ANY ('{{{str(places)[1:-1]}}}')"))

    assert [each.position for each in found if each.says == TWO_HERE] == places


def test_more_events_at_a_position_than_a_page_has_are_found(signed: Place) -> None:
    first, *_ = found_after(signed, *ANY_POSITION, forged("4000", "position < 4500"))

    assert first == Finding("position", 4000, TWO_HERE)


def test_a_gap_is_not_hidden_by_a_second_event_before_it(signed: Place) -> None:
    places = [100, 4095, 4097, 8191]
    renumbered = [f"UPDATE ledger.events SET position = {at} WHERE position = {at + 1}" for at in places]
    found = found_after(signed, *ANY_POSITION, *renumbered)

    assert [each.position for each in found if each.says == TWO_HERE] == places
    assert [each.position for each in found if each.says == "the event is missing"] == [at + 1 for at in places]


def test_an_event_without_a_position_is_found(signed: Place) -> None:
    nowhere = "ALTER TABLE ledger.events ALTER COLUMN position DROP NOT NULL"
    found = found_after(signed, *ANY_POSITION, nowhere, forged("NULL", "position = 1"))

    assert found == [Finding("position", None, "there is an event without a position")]


def test_a_version_that_is_there_twice_is_found_wherever_a_page_ends(signed: Place) -> None:
    """The second ones have positions of their own, after all that is signed, and only their streams tell of them."""
    again = [
        f"INSERT INTO ledger.events SELECT {EVENTS + number}, stream, version, h.recorded_at, topic, salt, open, sealed"
        f" FROM ledger.events, ledger.head h ORDER BY stream, version OFFSET {before} LIMIT 1"
        for number, before in enumerate([1999, 2001, 4001], start=1)
    ]
    found = found_after(signed, *ANY_VERSION, *again, *[ONE_MORE] * 3)

    assert [(each.check, each.says.rpartition(" is ")[2]) for each in found] == [
        ("version", "there twice, or out of its order")
    ] * 3


def test_an_event_without_a_stream_is_found(signed: Place) -> None:
    found = found_after(
        signed,
        "ALTER TABLE ledger.events ALTER COLUMN stream DROP NOT NULL",
        f"INSERT INTO ledger.events SELECT {EVENTS + 1}, NULL, 1, recorded_at, 'x', sha256('1'), '', ''"
        " FROM ledger.head",
        ONE_MORE,
    )

    assert found == [Finding("schema", EVENTS + 1, "its stream is nothing that an event can have")]


def test_an_event_that_an_index_does_not_have_is_found(signed: Place, admin: str) -> None:
    """Whoever reads by position does not meet it, but whoever loads its stream does."""
    ready = "UPDATE pg_index SET indisready = {} WHERE indexrelid = 'ledger.events_pkey'::regclass"
    for statement in (ready.format("false"), forged("position", "position = 500"), ready.format("true")):
        with psycopg.connect(admin) as superuser:
            assert superuser.execute(statement.encode()).rowcount == 1

    says = f"by position there are {EVENTS} events, and stream by stream {EVENTS + 1}"
    assert found_after(signed) == [Finding("position", None, says)]
