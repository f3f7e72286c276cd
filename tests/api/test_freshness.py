"""A writer sees its own write by a position token, after a limited wait. It never gets a stale answer instead."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from application.access.callers import Role
from ledger.embedded.postgres import EmbeddedPostgres
from tests.api.people import ANSWERS, People, address_of, assert_problem, permit, position_of
from tests.api.running import RunningWindow, Where, fresh_databases

READS = (
    "/v1/my/cases",
    "/v1/evaluation/services",
    "/v1/services",
    "/v1/agencies",
)


@pytest.fixture(scope="module")
def still(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningWindow]:
    """A window whose projectors do not run."""
    folder = tmp_path_factory.mktemp("still")
    with fresh_databases(postgres, "still") as where, RunningWindow(where, folder, projecting=False) as running:
        yield running


@pytest.fixture
def nobody_projects(still: RunningWindow) -> Iterator[People]:
    with People(still.somebody, "agency", "permit", 0) as people:
        entry = {"name": {"en": "Permits"}, "timeZone": "Asia/Baku", "desks": ["north"]}
        people.coordinator.sends("/v1/agencies/agency", entry, method="PUT")
        if people.coordinator.sends("/v1/services", {"definition": permit("permit", "agency", "north")}).is_success:
            people.coordinator.sends("/v1/services/permit/publication", {"version": 1})
        yield people


def test_every_write_tells_its_position(people: People) -> None:
    submitted = people.citizen.submits(people.service)
    withdrawn = people.citizen.sends(f"{address_of(submitted)}/withdrawal", seen=submitted)

    assert int(position_of(withdrawn)) > int(position_of(submitted)) > 0


def test_whoever_brings_the_token_sees_the_write(people: People) -> None:
    for count in range(1, 20):
        written = people.citizen.submits(people.service)
        counted = people.anyone.asks(f"/v1/evaluation/services/{people.service}", position=position_of(written))

        assert counted.json()["submitted"] == count
        assert counted.headers["Preference-Applied"] == "wait=10"


@pytest.mark.usefixtures("window")
def test_it_holds_across_processes(where: Where, issuer_folder: Path, people: People) -> None:
    with RunningWindow(where, issuer_folder, projecting=False) as other:
        elsewhere = other.somebody(Role.CITIZEN, people.citizen.subject)
        for _ in range(5):
            written = people.citizen.submits(people.service)

            assert elsewhere.asks(address_of(written), position=position_of(written)).status_code == 200
        elsewhere.http.close()


def test_the_next_position_is_refused_and_given_a_write_later(people: People) -> None:
    last = int(position_of(people.citizen.submits(people.service)))
    after = people.anyone.asks("/v1/services", Position_Token=str(last + 50))

    assert_problem(after, 400, "position-token-is-from-a-write")
    assert people.anyone.asks("/v1/services", position=str(last)).status_code == 200


@pytest.mark.parametrize("path", READS)
def test_a_view_that_is_not_there_in_time_says_so(nobody_projects: People, path: str) -> None:
    position = position_of(nobody_projects.citizen.submits("permit"))
    began = time.monotonic()

    answer = nobody_projects.citizen.asks(path, Position_Token=position, Prefer="respond-async, wait=0")

    assert_problem(answer, 503, "view-behind")
    assert int(answer.headers["Retry-After"]) >= 1
    assert time.monotonic() - began < 2


def test_ones_own_case_that_no_view_has_yet_is_not_said_to_be_missing(nobody_projects: People) -> None:
    case = address_of(nobody_projects.citizen.submits("permit"))

    assert_problem(nobody_projects.citizen.asks(case), 503, "view-behind")
    assert_problem(nobody_projects.neighbour.asks(case), 404, "no-such-case")


def test_health_tells_how_far_the_views_are_behind(nobody_projects: People, people: People) -> None:
    behind = nobody_projects.anyone.asks("/health/ready").json()

    assert behind["lag"] == behind["position"] > 0
    assert people.anyone.asks("/health/ready").json()["status"] == "ready"
    assert people.anyone.asks("/health/live").json() == {"status": "live"}


@pytest.mark.parametrize("token", ["", "x", "-1", "1" * 19, "1.5", "9" * 18, "1000000"])
def test_a_token_that_no_write_gave_is_refused_at_once(people: People, token: str) -> None:
    answer = people.anyone.asks("/v1/services", Position_Token=token)

    assert_problem(answer, 400, "position-token-is-from-a-write")


def test_a_wait_has_a_limit(people: People) -> None:
    written = people.citizen.submits(people.service, ANSWERS)

    answer = people.anyone.asks("/v1/services", Position_Token=position_of(written), Prefer="wait=9999")

    assert answer.headers["Preference-Applied"] == "wait=10"
