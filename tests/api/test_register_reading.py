"""What everybody reads of the register and the catalogue over HTTP, now and as of any time, and what is refused."""

import itertools
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import quote

import pytest

from application.access.callers import Role
from domain.register import events as told
from ledger.embedded.postgres import EmbeddedPostgres
from tests.api.a_register import BEGINNING, registered
from tests.api.people import People, Person, assert_problem, permit, position_of
from tests.api.running import RunningWindow, fresh_databases
from tests.domain.register_examples import INTEGRATION, POPULATION

_numbers = itertools.count(1)
ROUTES = (
    "/v1/register",
    "/v1/elements",
    "/v1/elements/person.birth_date",
    "/v1/resources",
    "/v1/resources/population-register",
    "/v1/grants",
    "/v1/violations",
    "/v1/services",
    "/v1/services/{service}",
)
LISTS = ("/v1/elements", "/v1/resources", "/v1/grants", "/v1/violations", "/v1/services")


@pytest.fixture(scope="module")
def registering(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningWindow]:
    """A window whose register begins with `here`."""
    with (
        fresh_databases(postgres, "registering") as where,
        RunningWindow(where, tmp_path_factory.mktemp("registering")) as window,
    ):
        yield window


@pytest.fixture(scope="module")
def here(registering: RunningWindow) -> Iterator[People]:
    """People at an agency whose services ask for birth dates, which a register began to answer when they had."""
    with People(registering.somebody, "town", "birthday", 1) as people:
        entry = {"name": {"en": "Town"}, "timeZone": "Asia/Baku", "desks": ["north"]}
        assert people.coordinator.sends("/v1/agencies/town", entry, method="PUT").is_success
        publish(people, "birthday", ["person.birth_date", "person.name"])
        publish(people, "census", ["person.birth_date", "person.phone"])
        registering.appends(registered())
        people.coordinator = registering.somebody(Role.COORDINATOR, "coordinator", "idda")
        people.made.append(people.coordinator)
        yield people


def publish(people: People, slug: str, elements: list[str], version: int = 1) -> str:
    """Publish a version of a service that asks for these elements; return the position."""
    questions = [{"element": name, "label": {"en": name}, "type": "text", "shownOn": "Act 3"} for name in elements]
    definition = permit(slug, "town", "north", questions=questions)
    drafted = people.coordinator.sends("/v1/services", {"definition": definition})
    assert drafted.is_success, drafted.text
    return position_of(people.coordinator.sends(f"/v1/services/{slug}/publication", {"version": version}))


def see(registering: RunningWindow, person: Person, path: str) -> dict[str, Any]:
    """Read what everything recorded so far has led to."""
    answer = person.asks(path, position=registering.everything_recorded())
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_resource_shows_all_that_is_on_record_about_it(registering: RunningWindow, here: People) -> None:
    found = see(registering, here.anyone, "/v1/resources/population-register")

    assert found["status"] == "integrated"
    assert found["description"] == POPULATION.model_dump(mode="json", by_alias=True)
    assert found["integration"] == INTEGRATION.model_dump(mode="json", by_alias=True)
    assert found["holds"] == ["person.birth_date", "person.number"]
    assert [each["verdict"] for each in found["judgements"]] == ["positive"]
    assert [each["name"] for each in found["grants"]] == ["permits-birth-date"]
    assert found["reliedOnBy"] == []


def test_an_element_shows_who_holds_it_who_answers_it_and_who_asks_for_it(
    registering: RunningWindow, here: People
) -> None:
    found = see(registering, here.anyone, "/v1/elements/person.birth_date")

    assert (found["holder"], found["answeredBy"]) == ("population-register", ["population-register"])
    assert found["askedBy"] == ["birthday", "census"]
    assert found["definition"]["title"] == {"az": "Doğum tarixi", "en": "Date of birth"}
    services = see(registering, here.anyone, "/v1/services?asks=person.birth_date")
    assert [each["slug"] for each in services["items"]] == ["birthday", "census"]
    assert see(registering, here.anyone, "/v1/services?reliesOn=population-register")["items"] == []


def test_the_register_shows_its_coordinator_and_rules(registering: RunningWindow, here: People) -> None:
    found = see(registering, here.anyone, "/v1/register?asOf=2099-01-01")

    assert found["coordinator"] == "idda"
    assert found["rules"]["approvingBodies"] == ["security"]
    assert [each["act"] for each in found["namings"]] == ["Decree 1 of 2026"]


def test_a_question_for_what_an_integrated_resource_answers_is_a_public_violation_until_a_version_does_not_ask(
    registering: RunningWindow, here: People
) -> None:
    first = registering.everything_recorded()
    [shown] = see(registering, here.anyone, "/v1/violations?service=census")["items"]
    named = {name: shown[name] for name in ("service", "version", "agency", "resource", "elements", "publishBy")}
    assert named == {
        "service": "census",
        "version": 1,
        "agency": "town",
        "resource": "population-register",
        "elements": ["person.birth_date"],
        "publishBy": None,
    }

    second = publish(here, "census", ["person.phone"], version=2)

    assert see(registering, here.anyone, "/v1/violations?service=census")["items"] == []
    then = see(registering, here.anyone, f"/v1/violations?service=census&asOf={first}")["items"]
    assert then == [shown]
    assert see(registering, here.anyone, f"/v1/violations?service=census&asOf={second}")["items"] == []


def test_a_service_as_of_a_position_is_the_version_of_that_time(registering: RunningWindow, here: People) -> None:
    first = publish(here, "moves", ["person.name"])
    publish(here, "moves", ["person.phone"], version=2)

    then = see(registering, here.anyone, f"/v1/services/moves?asOf={first}")
    now = see(registering, here.anyone, "/v1/services/moves")

    assert (then["version"], then["status"], then["published"], then["endedAt"]) == (1, "published", 1, None)
    assert (now["version"], now["status"], now["published"]) == (2, "published", 2)
    assert_problem(here.anyone.asks("/v1/services/moves?asOf=1"), 404, "nothing-of-that-name")
    assert_problem(here.anyone.asks(f"/v1/services/moves?version=2&asOf={first}"), 404, "nothing-of-that-name")
    listed = see(registering, here.anyone, f"/v1/services?asOf={first}&limit=500")["items"]
    assert then in listed


def test_what_nobody_had_proposed_is_not_there_then(registering: RunningWindow, here: People) -> None:
    for path in ("/v1/resources/voters", "/v1/elements/person.name"):
        assert see(registering, here.anyone, path)
        assert_problem(here.anyone.asks(f"{path}?asOf=1"), 404, "nothing-of-that-name")
    for path in ("/v1/resources", "/v1/elements", "/v1/grants", "/v1/violations"):
        assert see(registering, here.anyone, f"{path}?asOf=1")["items"] == []


def test_the_coordinator_and_the_approving_bodies_see_similar_resources_by_elements_and_by_a_hint(
    registering: RunningWindow, here: People
) -> None:
    path = "/v1/resources/voters/similar"
    with People(registering.somebody, "security", "none", 7) as body:
        found = see(registering, body.system, path)
        assert found == see(registering, here.coordinator, path)

    [similar] = found["items"]
    assert similar["slug"] == "population-register"
    assert (similar["elements"], similar["jaccard"], similar["contained"]) == (["person.birth_date"], 33, 50)
    assert similar["titles"] == 100
    assert_problem(here.system.asks(path), 403, "not-an-approving-body")
    assert_problem(here.coordinator.asks("/v1/resources/nobodys/similar"), 404, "nothing-of-that-name")


@pytest.mark.parametrize("path", LISTS)
def test_pages_of_one_have_together_what_one_page_has(registering: RunningWindow, here: People, path: str) -> None:
    whole = see(registering, here.anyone, f"{path}?limit=500")["items"]

    paged: list[object] = []
    following: str | None = f"{path}?limit=1&unknown=%E2%80%AE"
    while following is not None:
        answer = here.anyone.asks(following)
        paged += answer.json()["items"]
        link = answer.links.get("next")
        following = link["url"] if link else None

    assert paged == whole
    assert paged


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("cursor", ["", "AAAA", "cGVyc29uLm5hbWU=", "Li4", "YS9iL2M", "YQ%E2%80%AE", "x" * 200])
def test_a_cursor_that_no_page_has_given_is_refused(here: People, path: str, cursor: str) -> None:
    problem = assert_problem(here.anyone.asks(f"{path}?cursor={cursor}"), 400, "cursor-is-from-a-page")

    assert problem["field"] == "cursor"


@pytest.mark.parametrize("given", ["yesterday", "-1", "2026-13-01", "%E2%80%AE1", "1" * 30, ""])
def test_a_time_that_is_none_is_refused(here: People, given: str) -> None:
    for route in ROUTES:
        answer = here.anyone.asks(f"{route.format(service='birthday')}?asOf={given}")

        assert_problem(answer, 400, "as-of-is-a-position-or-a-date")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/services?asks=Person",
        "/v1/services?asks=%00",
        "/v1/services?asks=person.name%E2%80%AE",
        "/v1/services?reliesOn=a/b",
        f"/v1/services?asks={'a' * 101}",
        f"/v1/resources/{'a' * 64}",
        "/v1/resources/%00",
        "/v1/elements/%E2%80%AEname",
        "/v1/elements/person..name",
        "/v1/grants?agency=%00",
        "/v1/grants?resource=A",
        "/v1/violations?service=%E2%80%AE",
        "/v1/resources?limit=0",
        "/v1/violations?limit=501",
    ],
)
def test_what_cannot_be_a_name_or_a_number_is_refused(here: People, path: str) -> None:
    answer = here.anyone.asks(path)

    assert answer.status_code == 400, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_everybody_gets_the_same_answers(registering: RunningWindow, here: People, role: Role) -> None:
    position = registering.everything_recorded()
    for route in ROUTES:
        path = route.format(service="birthday")
        answer = here.by_role(role).asks(path, position=position)

        assert (answer.status_code, answer.json()) == (200, here.anyone.asks(path, position=position).json())
        assert answer.headers["Cache-Control"] == "no-cache"


def test_a_resource_that_is_retired_answers_no_more_and_its_violations_end(
    registering: RunningWindow, here: People
) -> None:
    """The last test of the module: it changes the register."""
    before = registering.everything_recorded()
    retired = told.ResourceRetired(
        resource="population-register", local_date=date(2026, 11, 29), reasons={"en": "Merged."}, successor=None
    )
    registering.appends(registered([retired], len(BEGINNING)))

    element = see(registering, here.anyone, "/v1/elements/person.birth_date")
    assert (element["holder"], element["answeredBy"]) == (None, [])
    assert see(registering, here.anyone, "/v1/violations")["items"] == []
    then = see(registering, here.anyone, f"/v1/violations?asOf={quote(before)}")["items"]
    assert [each["service"] for each in then] == ["birthday"]
