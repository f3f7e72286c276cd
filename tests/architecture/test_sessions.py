"""Sessions of PostgreSQL are opened in one room only. Planted violations show that the check works."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("domain", "ledger", "application", "projections", "reactions", "api", "consumers", "cli")
ROOM = ROOT / "ledger" / "postgresql"
DRIVERS = ("psycopg", "psycopg_pool", "psycopg_binary", "ledger.postgresql.session")
OPENING = {"connect", "connect_start"}


def opened_in(source: str) -> list[int]:
    """Return the lines that open a connection or a pool without the room's functions."""
    tree = ast.parse(source)
    return sorted({*_imported(tree), *_called(tree, _names(tree))})


def _of_a_driver(module: str | None) -> bool:
    return module is not None and any(module == driver or module.startswith(f"{driver}.") for driver in DRIVERS)


def _names(tree: ast.Module) -> set[str]:
    """Return the names that this module gives to a driver or its parts, with those of subclasses."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {each.asname or each.name.partition(".")[0] for each in node.names if _of_a_driver(each.name)}
        elif isinstance(node, ast.ImportFrom) and _of_a_driver(node.module):
            names |= {each.asname or each.name for each in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any(_root(base) in names for base in node.bases):
            names.add(node.name)
    return names


def _imported(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and any(each.name.startswith("psycopg_pool") for each in node.names):
            yield node.lineno
        if isinstance(node, ast.ImportFrom) and node.module:
            is_pool = node.module.startswith("psycopg_pool")
            is_connect = _of_a_driver(node.module) and any(each.name in OPENING for each in node.names)
            if is_pool or is_connect:
                yield node.lineno


def _called(tree: ast.Module, names: set[str]) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in OPENING and _root(node.value) in names:
            yield node.lineno


def _root(node: ast.expr) -> str | None:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def test_connections_are_opened_in_one_room_only() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{line}"
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if ROOM not in path.parents
        for line in opened_in(path.read_text())
    }

    assert found == set()


def test_the_room_itself_opens_them() -> None:
    assert [path.name for path in sorted(ROOM.glob("*.py")) if opened_in(path.read_text())] == ["session.py"]


@pytest.mark.parametrize(
    "planted",
    [
        "import psycopg\npsycopg.connect(url)",
        "import psycopg as driver\ndriver.connect(url)",
        "from psycopg import connect",
        "from psycopg import AsyncConnection\nAsyncConnection.connect(url)",
        "import psycopg\nasync def f():\n    await psycopg.AsyncConnection.connect(url)",
        "import psycopg\nopen_it = psycopg.Connection.connect",
        "import psycopg\nclass Own(psycopg.AsyncConnection[tuple[object]]):\n    pass\nOwn.connect(url)",
        "from psycopg_pool import AsyncConnectionPool",
        "import psycopg_pool",
        "from psycopg.pq import PGconn\nPGconn.connect_start(b'')",
        "from ledger.postgresql.session import Session\nSession.connect(url)",
    ],
)
def test_a_planted_violation_is_found(planted: str) -> None:
    assert len(opened_in(planted)) == 1


def test_what_only_names_the_driver_is_none() -> None:
    assert (
        opened_in("import psycopg\nimport socket\nsocket.socket().connect(a)\nexcept_ = psycopg.OperationalError") == []
    )
