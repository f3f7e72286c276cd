"""Every question is answered through indexes, so that its cost does not grow with the tables."""

import asyncio
import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import psycopg
import pytest

import projections
from ledger.embedded.postgres import ADMIN, EmbeddedPostgres
from ledger.postgresql import arrays
from projections.reading import ViewReader
from projections.views import Views
from tests.api.running import fresh_databases
from tests.projections.asking import QUESTIONS, Statement, overheard, parts
from tests.projections.folding import fold
from tests.projections.lived import Lived, all_entries
from tests.projections.lives import Country, append

TYPES = {
    arrays.TextArray: "text[]",
    arrays.UuidArray: "uuid[]",
    arrays.Int8Array: "bigint[]",
    int: "bigint",
    str: "text",
    UUID: "uuid",
}
NEVER_GROWS = ("tracking", "time_standing")
# Two waits for values in memory, two closings, three readers of `standings`, and the outgoing channels, which have one
# row each.
OF_STANDINGS = {
    f"positions.{name}"
    for name in (
        "open",
        "close",
        "wait_for",
        "wait_for_views",
        "wait_beyond",
        "lowest",
        "positions",
        "stopped",
        "channels",
    )
}


@pytest.fixture(scope="module", params=["unknown to the planner", "analysed"])
def grown(request: pytest.FixtureRequest, postgres: EmbeddedPostgres) -> Iterator[Lived]:
    """A country with a few thousand events, both right after a mass import and after the planner has statistics."""
    with fresh_databases(postgres, "grown") as where:
        asyncio.run(fold(where.projector, asyncio.run(append(where.writer, Country(9).live(5000)))))
        if request.param == "analysed":
            with psycopg.connect(postgres.ledger_url(ADMIN, "pencere_grown"), autocommit=True) as admin:
                admin.execute("ANALYZE")
        yield Lived(where, asyncio.run(all_entries(where.writer)))


@pytest.fixture(scope="module")
def taken(grown: Lived) -> Mapping[str, Sequence[Statement]]:
    """The statements of each question."""
    statements = asyncio.run(overheard(grown.where.reader, grown.cases, list(QUESTIONS.values())))
    return dict(zip(QUESTIONS, statements, strict=True))


def read_without_an_index(plan: Mapping[str, Any]) -> list[str]:
    """Return the parts of a plan whose cost grows with a table: those that read it without a condition on an index."""
    kind, table = plan["Node Type"], plan.get("Relation Name")
    is_index_scan = kind in {"Index Scan", "Index Only Scan", "Bitmap Index Scan"}
    found = [f"{kind} {table}"] if kind == "Seq Scan" or (is_index_scan and "Index Cond" not in plan) else []
    if "Join Filter" in plan:
        found.append(f"{kind} of everything with everything: {plan['Join Filter']}")
    for part in plan.get("Plans", ()):
        found += read_without_an_index(part)
    return [one for one in found if not one.endswith(NEVER_GROWS)]


def passed_over(plan: Mapping[str, Any]) -> float:
    """Return how many rows were read but not used."""
    own: float = plan.get("Rows Removed by Filter", 0) * plan["Actual Loops"]
    return own + sum(passed_over(part) for part in plan.get("Plans", ()))


def plan_of_the_reader(grown: Lived, statement: Statement) -> Mapping[str, Any]:
    """Return the generic plan, made once with the reader's settings, and what it has read."""
    query = statement.query
    for number in range(1, len(statement.parameters) + 1):
        query = query.replace("%b", f"${number}", 1)
    types = [TYPES[type(value)] for value in statement.parameters]

    async def explain() -> Any:
        reader = ViewReader(grown.where.reader)
        await reader.open()
        async with reader._pool.session() as connection:
            values = [await literal(connection, value) for value in statement.parameters]
            await connection.execute(f"PREPARE asked {in_brackets(types)} AS {query}".encode())
            explained = f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked {in_brackets(values)}"
            row = await (await connection.execute(explained.encode())).fetchone()
        await reader.close()
        return row

    plan: Mapping[str, Any] = asyncio.run(explain())[0][0]["Plan"]
    return plan


async def literal(connection: psycopg.AsyncConnection[Any], value: object) -> str:
    """Return a parameter as an SQL literal, since EXECUTE accepts nothing else."""
    [row] = await (await connection.execute("SELECT quote_literal(%b::text)", [value])).fetchall()
    return str(row[0])


def in_brackets(parts: Sequence[str]) -> str:
    """Return a list in brackets as in SQL, or nothing when it is empty."""
    return f"({', '.join(parts)})" if parts else ""


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_answered_through_indexes(
    grown: Lived, taken: Mapping[str, Sequence[Statement]], question: str
) -> None:
    assert taken[question]
    for statement in taken[question]:
        plan = plan_of_the_reader(grown, statement)
        assert read_without_an_index(plan) == [], statement.query
        assert passed_over(plan) < 30, statement.query


def test_every_question_that_a_view_answers_is_asked_here() -> None:
    """A new one must be given a row in `QUESTIONS`."""
    answered = {
        f"{name}.{method}"
        for name, part in parts(Views("")).items()
        for method, function in inspect.getmembers(part, inspect.iscoroutinefunction)
        if not method.startswith("_")
    }

    assert {question.partition(",")[0] for question in QUESTIONS} == answered - OF_STANDINGS


def test_every_statement_of_every_view_is_asked_for_here(taken: Mapping[str, Sequence[Statement]]) -> None:
    """This includes statements that only one way of asking needs."""
    asked = [statement.query for statements in taken.values() for statement in statements]

    assert [query for query in written() if not any(query in one for one in asked)] == []
    assert len(written()) > 20


def written() -> list[str]:
    """Return the statements, and parts of statements, in the modules of queries."""
    found: list[str] = []
    for folder in pkgutil.iter_modules(projections.__path__):
        if folder.ispkg:
            for value in vars(importlib.import_module(f"projections.{folder.name}.queries")).values():
                found += [one for one in (value if isinstance(value, tuple) else (value,)) if isinstance(one, str)]
    return [text for text in found if "SELECT " in text]
