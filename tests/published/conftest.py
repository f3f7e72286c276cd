"""A window with the demonstration's events, and callers to ask it."""

import asyncio
from collections.abc import Iterator

import pytest

from api.development_issuer import ISSUER
from application.access.callers import Role
from cli.demo import load_demo
from ledger.embedded.postgres import EmbeddedPostgres
from tests.api.people import Person
from tests.api.running import RunningWindow, fresh_databases


@pytest.fixture(scope="module")
def demonstration(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningWindow]:
    """A window that serves, with the demonstration's events."""
    folder = tmp_path_factory.mktemp("published")
    with fresh_databases(postgres, "published") as where, RunningWindow(where, folder) as running:
        loading = load_demo(running._window, ISSUER)
        assert asyncio.run_coroutine_threadsafe(loading, running._loop).result(60)
        yield running


@pytest.fixture(scope="module")
def auditor(demonstration: RunningWindow) -> Iterator[Person]:
    """An auditor, who may read everything."""
    yield from _somebody(demonstration, Role.AUDITOR, "auditor")


@pytest.fixture(scope="module")
def agency(demonstration: RunningWindow) -> Iterator[Person]:
    """The system of an agency of the demonstration."""
    yield from _somebody(demonstration, Role.AGENCY, "system", "social-protection")


@pytest.fixture(scope="module")
def anyone(demonstration: RunningWindow) -> Iterator[Person]:
    """Somebody without a token."""
    yield from _somebody(demonstration, Role.ANYONE, "")


def _somebody(running: RunningWindow, role: Role, subject: str, agency: str | None = None) -> Iterator[Person]:
    person = running.somebody(role, subject, agency)
    yield person
    person.http.close()
