"""One window with a catalogue for all tests of the API; each test adds its own people and services."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from application.access.callers import Role
from ledger.embedded.postgres import EmbeddedPostgres
from tests.api.people import People, permit
from tests.api.running import RunningWindow, Where, fresh_databases

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def where(postgres: EmbeddedPostgres) -> Iterator[Where]:
    """The databases of the window."""
    with fresh_databases(postgres, "api") as places:
        yield places


@pytest.fixture(scope="session")
def issuer_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the window's keys."""
    return tmp_path_factory.mktemp("window")


@pytest.fixture(scope="session")
def window(where: Where, issuer_folder: Path) -> Iterator[RunningWindow]:
    """A window that serves, with its projectors running."""
    with RunningWindow(where, issuer_folder) as running:
        yield running


@contextmanager
def settled(window: RunningWindow) -> Iterator[People]:
    """People, an agency and a published service that nobody else uses."""
    number = next(_numbers)
    agency, service = f"agency-{number}", f"permit-{number}"
    with People(window.somebody, agency, service, number) as people:
        coordinator = people.coordinator
        entry = {"name": {"en": "Permits"}, "timeZone": "Asia/Baku", "desks": ["north", "south"]}
        assert coordinator.sends(f"/v1/agencies/{agency}", entry, method="PUT").status_code == 201
        drafted = coordinator.sends("/v1/services", {"definition": permit(service, agency, "north")})
        assert drafted.status_code == 201, drafted.text
        published = coordinator.sends(f"/v1/services/{service}/publication", {"version": 1})
        assert published.status_code == 200, published.text
        yield people


@pytest.fixture
def people(window: RunningWindow) -> Iterator[People]:
    """People, an agency and a published service that only this test uses."""
    with settled(window) as people:
        yield people


@pytest.fixture(scope="session", params=list(Role), ids=lambda role: role.value)
def role(request: pytest.FixtureRequest) -> Role:
    """Each role, also `anyone`."""
    chosen: Role = request.param
    return chosen
