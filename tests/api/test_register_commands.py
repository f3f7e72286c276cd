"""The register over HTTP: who may change it, what is answered, and what is refused. It has a window of its own."""

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import httpx2
import pytest

from api.development_issuer import issue_token
from application.access.callers import Role
from application.clock import system_clock
from ledger.embedded.postgres import EmbeddedPostgres
from tests.api.people import Person, assert_problem, permit
from tests.api.running import RunningWindow, fresh_databases
from tests.domain.register_examples import SEALING_KEY, SIGNING_KEY

TEXT = {"en": "So it is."}
AGENCIES = ("ministry", "town", "village")
_numbers = itertools.count(1)


class Offices:
    """Agencies with their systems, and coordinators with tokens of several kinds; the ministry coordinates."""

    def __init__(self, window: RunningWindow) -> None:
        self.window = window
        self._made: list[Person] = []
        self.nobodys = self.person(Role.COORDINATOR, None)
        self.ministry, self.of_the_village = (self.person(Role.COORDINATOR, each) for each in ("ministry", "village"))
        self.town, self.village, self.unknown, self.judges = (
            self.person(Role.AGENCY, each) for each in ("town", "village", "nowhere", "ministry")
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for person in self._made:
            person.http.close()

    def person(self, role: Role, agency: str | None) -> Person:
        """Return somebody with a token that holds for nine days."""
        token = issue_token(
            self.window.settings, role, "somebody", now=system_clock(), agency=agency, lifetime=timedelta(days=9)
        )
        self._made.append(Person(self.window.base_url, token))
        return self._made[-1]

    def begin(self) -> httpx2.Response:
        """Register the agencies, and name the ministry."""
        for agency in AGENCIES:
            entry = {"name": {"en": agency}, "timeZone": "Asia/Baku", "desks": ["north"]}
            assert self.nobodys.sends(f"/v1/agencies/{agency}", entry, method="PUT").status_code == 201
        return names(self.nobodys, "ministry", 0)

    def defines(self, *elements: str) -> None:
        """Add elements to the vocabulary."""
        asked = {"elements": [element(name) for name in elements]}
        assert self.ministry.sends("/v1/elements", asked).status_code == 201

    def establishes(self, slug: str, *elements: str, owner: str = "town") -> None:
        """Have a resource established."""
        system = {"town": self.town, "village": self.village}[owner]
        proposed = system.sends("/v1/resources", {"description": description(slug, owner, *elements)})
        assert proposed.status_code == 201, proposed.text
        judged = judges(self.ministry, slug)
        assert judged.status_code == 200, judged.text

    def integrates(self, slug: str, *elements: str) -> None:
        """Have a resource of the town integrated."""
        self.establishes(slug, *elements)
        asked = self.town.sends(f"/v1/resources/{slug}/use", {"auditedOn": "2026-01-01"})
        assert asked.status_code == 200, asked.text
        assert judges(self.ministry, slug, approval="take_into_use").status_code == 200
        done = self.town.sends(f"/v1/resources/{slug}/integration", integration(*elements), method="PUT")
        assert done.status_code == 200, done.text


def element(name: str) -> dict[str, Any]:
    return {"name": name, "type": "text", "title": {"en": name}, "identifiesPerson": True}


def description(slug: str, owner: str, *elements: str) -> dict[str, Any]:
    return {
        "slug": slug,
        "owner": owner,
        "title": {"en": slug},
        "description": TEXT,
        "legalBasis": "Law 1",
        "elements": list(elements),
        "securityClass": "K1",
        "contact": "Hall 3",
    }


def integration(*elements: str, **changes: Any) -> dict[str, Any]:
    asked = {
        "elements": list(elements),
        "identifier": elements[0],
        "transport": "kafka",
        "acknowledgedWithin": 60,
        "answeredWithin": 600,
        "sealingKey": SEALING_KEY,
        "signingKey": SIGNING_KEY,
    }
    return {"integration": asked | changes}


def names(person: Person, agency: str, days: int) -> httpx2.Response:
    day = (system_clock() + timedelta(days=days)).date()
    asked = {"agency": agency, "fromDate": day.isoformat(), "act": "Decree 1"}
    return person.sends("/v1/coordinator", asked, method="PUT")


def judges(person: Person, slug: str, **changes: str) -> httpx2.Response:
    asked = VERDICT | changes
    return person.sends(f"/v1/resources/{slug}/judgements", asked)


@pytest.fixture(scope="module")
def registry(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offices]:
    """A window whose coordinator is the ministry."""
    with (
        fresh_databases(postgres, "register") as where,
        RunningWindow(where, tmp_path_factory.mktemp("register"), projecting=False) as window,
        Offices(window) as offices,
    ):
        assert offices.begin().status_code == 200
        yield offices


@pytest.fixture
def own() -> str:
    """A word for the names that only this test uses."""
    return f"t{next(_numbers)}"


@pytest.fixture
def names_of(own: str, registry: Offices) -> tuple[str, str]:
    """Two elements of the vocabulary that only this test uses."""
    found = f"{own}.first", f"{own}.second"
    registry.defines(*found)
    return found


def test_only_a_token_of_the_agency_that_coordinates_writes_the_catalogue(registry: Offices, own: str) -> None:
    asked = {"elements": [element(f"{own}.first")]}
    draft = {"definition": permit(own, "town", "north", questions=[])}

    for person in (registry.nobodys, registry.of_the_village):
        assert_problem(person.sends("/v1/elements", asked), 403, "not-the-coordinator")
        assert_problem(person.sends("/v1/services", draft), 403, "not-the-coordinator")
    assert registry.ministry.sends("/v1/elements", asked).status_code == 201
    assert registry.ministry.sends("/v1/services", draft).status_code == 201


def test_what_is_created_is_at_the_address_that_the_answer_names(registry: Offices, own: str) -> None:
    defined = registry.ministry.sends("/v1/elements", {"elements": [element(f"{own}.b"), element(f"{own}.a")]})
    proposed = registry.town.sends("/v1/resources", {"description": description(own, "town", f"{own}.a")})

    assert (defined.status_code, defined.headers["Location"]) == (201, f"/v1/elements/{own}.b")
    assert (proposed.status_code, proposed.headers["Location"]) == (201, f"/v1/resources/{own}")
    assert proposed.json() == {"slug": own, "version": None}
    assert proposed.headers["Position-Token"]
    again = registry.town.sends("/v1/resources", {"description": description(own, "town", f"{own}.a")})
    assert (again.status_code, "Position-Token" in again.headers) == (200, False), "it is proposed already"


def test_a_resource_lives_over_http_from_its_proposal_to_the_archive(
    registry: Offices, own: str, names_of: tuple[str, str]
) -> None:
    first, second = names_of
    registry.integrates(own, first)
    changed = description(own, "town", first, second) | {"contact": "Hall 4"}
    address = f"/v1/resources/{own}"

    for path, body in (
        ("changes", {"description": changed, "changedOn": "2026-01-01"}),
        ("retirement", {"reasons": TEXT}),
        ("archiving", {"archive": "File 12"}),
    ):
        done = registry.town.sends(f"{address}/{path}", body)
        assert (done.status_code, done.json()) == (200, {"slug": own, "version": None}), done.text
    refused = registry.town.sends(f"{address}/archiving", {"archive": "File 12"})
    assert (
        assert_problem(refused, 409, "resource-not-in-status")["detail"] == "the resource is archived, and not retired"
    )


def test_a_use_is_asked_for_given_and_ended_over_http(registry: Offices, own: str, names_of: tuple[str, str]) -> None:
    registry.establishes(own, *names_of)
    asked = {"resource": own, "elements": [names_of[0]], "purpose": TEXT, "legalBasis": "Act 3"}
    grant = f"/v1/grants/{own}"

    assert registry.village.sends(grant, asked, method="PUT").status_code == 200
    assert_problem(registry.village.sends(grant, asked, method="PUT"), 409, "grant-already-asked")
    assert_problem(registry.town.sends(grant, asked, method="PUT"), 409, "grant-of-another-agency")
    assert_problem(registry.village.sends(f"{grant}/agreement"), 403, "not-the-owner")
    assert_problem(registry.village.sends(f"{grant}/refusal", {"reasons": TEXT}), 403, "not-the-owner")
    assert registry.town.sends(f"{grant}/agreement").status_code == 200
    assert_problem(registry.judges.sends(f"{grant}/ending", {"reasons": TEXT}), 403, "not-the-grantee-or-owner")
    assert registry.village.sends(f"{grant}/ending", {"reasons": TEXT}).status_code == 200
    assert_problem(registry.village.sends(f"{grant}/ending", {"reasons": TEXT}), 409, "grant-not-given")
    assert registry.village.sends(grant, asked, method="PUT").status_code == 200
    assert registry.town.sends(f"{grant}/refusal", {"reasons": TEXT}).status_code == 200


def test_law_3_a_publication_is_refused_with_every_element_and_its_resource(
    registry: Offices, own: str, names_of: tuple[str, str]
) -> None:
    registry.integrates(own, *names_of)
    questions = [{"element": name, "label": TEXT, "type": "text", "shownOn": "Act 3"} for name in names_of]
    drafted = registry.ministry.sends("/v1/services", {"definition": permit(own, "town", "north", questions=questions)})
    assert drafted.status_code == 201, drafted.text
    published = registry.ministry.sends(f"/v1/services/{own}/publication", {"version": 1})

    problem = assert_problem(published, 409, "elements-held-by-the-state")
    assert problem["field"] == "version"
    assert problem["errors"] == [
        {
            "field": f"definition.questions.{number}.element",
            "rule": "elements-held-by-the-state",
            "detail": f"{own} holds {name}.",
        }
        for number, name in enumerate(names_of)
    ]
    assert registry.town.sends(f"/v1/resources/{own}/retirement", {"reasons": TEXT}).status_code == 200
    assert registry.ministry.sends(f"/v1/services/{own}/publication", {"version": 1}).status_code == 200


def test_law_4_a_resource_is_refused_with_the_holder_and_its_elements(
    registry: Offices, own: str, names_of: tuple[str, str]
) -> None:
    registry.establishes(own, *names_of)
    described = {"description": description(f"{own}-too", "village", *names_of)}
    proposed = registry.village.sends("/v1/resources", described)

    problem = assert_problem(proposed, 409, "elements-held-elsewhere")
    assert [error["field"] for error in problem["errors"]] == ["description.elements.0", "description.elements.1"]
    assert [error["detail"] for error in problem["errors"]] == [f"{own} holds {name}." for name in names_of]
    shared = {"elements": list(names_of), "reasons": TEXT}
    assert registry.ministry.sends(f"/v1/resources/{own}-too/sharings", shared).status_code == 200
    assert registry.village.sends("/v1/resources", described).status_code == 201


CHANGE = {"description": description("no-such", "town", "a.b"), "changedOn": "2026-01-01"}
VERDICT = {"approval": "establish", "verdict": "positive", "reasons": TEXT}


@pytest.mark.parametrize(
    ("path", "method", "body", "rule"),
    [
        ("/v1/resources/no-such/judgements", "POST", VERDICT, "resource-unknown"),
        ("/v1/resources/no-such/use", "POST", {"auditedOn": "2026-01-01"}, "resource-unknown"),
        ("/v1/resources/no-such/integration", "PUT", integration("a.b"), "resource-unknown"),
        ("/v1/resources/no-such/changes", "POST", CHANGE, "resource-unknown"),
        ("/v1/resources/no-such/retirement", "POST", {"reasons": TEXT}, "resource-unknown"),
        ("/v1/resources/no-such/archiving", "POST", {"archive": "x"}, "resource-unknown"),
        ("/v1/grants/no-such/agreement", "POST", {}, "grant-not-asked"),
        ("/v1/grants/no-such/refusal", "POST", {"reasons": TEXT}, "grant-not-asked"),
        ("/v1/grants/no-such/ending", "POST", {"reasons": TEXT}, "grant-not-asked"),
    ],
)
def test_what_the_address_names_and_is_not_there_is_not_found(
    registry: Offices, path: str, method: str, body: dict[str, Any], rule: str
) -> None:
    assert_problem(registry.town.sends(path, body, method=method), 404, rule)


def test_an_element_that_is_not_there_is_not_found_in_an_address_and_a_bad_input_in_a_body(
    registry: Offices, own: str
) -> None:
    titled = registry.ministry.sends("/v1/elements/no.such/title", {"title": TEXT}, method="PUT")
    proposed = registry.town.sends("/v1/resources", {"description": description(own, "town", "no.such")})
    asked = {"resource": "no-such", "elements": ["a.b"], "purpose": TEXT, "legalBasis": "Act 3"}

    assert_problem(titled, 404, "element-not-defined")
    assert assert_problem(proposed, 400, "element-not-defined")["field"] == "description.elements.0"
    granted = registry.village.sends(f"/v1/grants/{own}", asked, method="PUT")
    assert assert_problem(granted, 400, "resource-unknown")["field"] == "resource"


def test_only_the_owner_moves_a_resource(registry: Offices, own: str, names_of: tuple[str, str]) -> None:
    registry.establishes(own, *names_of)
    address = f"/v1/resources/{own}"

    for method, path, body in (
        ("POST", "use", {"auditedOn": "2026-01-01"}),
        ("PUT", "integration", integration(*names_of)),
        ("POST", "changes", {"description": description(own, "village", *names_of), "changedOn": "2026-01-01"}),
        ("POST", "retirement", {"reasons": TEXT}),
        ("POST", "archiving", {"archive": "x"}),
    ):
        sent = registry.village.sends(f"{address}/{path}", body, method=method)
        assert_problem(sent, 403, "not-the-owner")
    for person in (registry.of_the_village, registry.nobodys):
        assert_problem(judges(person, own), 403, "not-the-coordinator")
    described = {"description": description(f"{own}-too", "town", *names_of)}
    assert_problem(registry.village.sends("/v1/resources", described), 403, "not-the-owner")


def test_a_change_describes_the_resource_of_its_address(registry: Offices, own: str, names_of: tuple[str, str]) -> None:
    registry.establishes(own, *names_of)
    body = {"description": description("another", "town", *names_of), "changedOn": "2026-01-01"}

    sent = registry.town.sends(f"/v1/resources/{own}/changes", body)

    assert assert_problem(sent, 400, "slug-is-the-address")["field"] == "description.slug"


def test_evidence_is_asked_for_only_where_the_operator_lets_the_window_send(
    registry: Offices, own: str, names_of: tuple[str, str]
) -> None:
    registry.integrates(own, *names_of)
    inside, outside = (
        registry.town.sends(
            f"/v1/resources/{own}/integration",
            integration(*names_of, transport="http", endpoint=f"https://{host}/evidence"),
            method="PUT",
        )
        for host in ("127.0.0.1", "resource.example")
    )

    assert assert_problem(inside, 400, "endpoint-not-allowed")["field"] == "integration.endpoint"
    assert outside.status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"description": description("x", "town", "a.b"), "reason": "because"}, "reason"),
        ({"description": description("x", "town", "a.b") | {"names": []}}, "description.names"),
        ({"description": description("x", "town")}, "description.elements"),
        ({"description": description("x", "town", *(f"a.e{number}" for number in range(201)))}, "description.elements"),
        ({"description": description("x", "town", "A.B")}, "description.elements.0"),
        ({"description": description("x" * 64, "town", "a.b")}, "description.slug"),
        ({"description": description("x", "town", "a.b") | {"auditedOn": "2026-02-30"}}, "description.auditedOn"),
        ({"description": description("x", "town", "a.b") | {"software": ["x"] * 21}}, "description.software"),
    ],
)
def test_what_a_proposal_cannot_say_is_refused_with_its_place(
    registry: Offices, body: dict[str, Any], field: str
) -> None:
    problem = assert_problem(registry.town.sends("/v1/resources", body), 400, "request-follows-its-schema")

    assert problem["errors"][0]["field"] == field


def test_what_no_database_stores_is_refused(registry: Offices, own: str) -> None:
    described = description(own, "town", "a.b") | {"contact": "Hall \x00"}
    sent = registry.town.sends("/v1/resources", {"description": described})

    assert assert_problem(sent, 400, "text-can-be-stored")["field"] == "description.contact"


def test_a_text_that_turns_its_direction_is_refused(registry: Offices, own: str, names_of: tuple[str, str]) -> None:
    described = description(own, "town", *names_of) | {"title": {"en": "Re\u202egister"}}

    refused = registry.town.sends("/v1/resources", {"description": described})

    assert refused.status_code == 400
    assert refused.json()["field"] == "description.title.en"


@pytest.mark.parametrize(
    ("day", "status"),
    [("0001-01-01", 400), ("9999-12-31", 200), ("2026-02-30", 400), ("99999-01-01", 400), (10**30, 400), (True, 400)],
)
def test_a_day_at_the_limits_is_taken_or_refused(registry: Offices, day: object, status: int) -> None:
    asked = {"agency": "ministry", "fromDate": day, "act": "Decree 9"}

    assert registry.ministry.sends("/v1/coordinator", asked, method="PUT").status_code == status


def test_agencies_that_change_the_register_at_the_same_moment_are_all_served(registry: Offices, own: str) -> None:
    many = [f"{own}.e{number}" for number in range(24)]
    registry.defines(*many)

    def propose(number: int) -> int:
        owner = ("town", "village")[number % 2]
        asked = {"description": description(f"{own}-{number}", owner, many[number])}
        return registry.person(Role.AGENCY, owner).sends("/v1/resources", asked).status_code

    with ThreadPoolExecutor(24) as threads:
        assert set(threads.map(propose, range(24))) == {201}


def test_of_two_that_are_judged_at_the_same_moment_one_holds_the_element(
    registry: Offices, own: str, names_of: tuple[str, str]
) -> None:
    slugs = [f"{own}-{number}" for number in range(6)]
    for slug in slugs:
        asked = {"description": description(slug, "town", names_of[0])}
        assert registry.town.sends("/v1/resources", asked).status_code == 201

    with ThreadPoolExecutor(6) as threads:
        judged = list(threads.map(lambda slug: judges(registry.ministry, slug), slugs))

    assert sorted(each.status_code for each in judged) == [200, 409, 409, 409, 409, 409]
    assert {each.json()["rule"] for each in judged if each.status_code == 409} == {"elements-held-elsewhere"}


def test_an_agency_that_is_not_registered_owns_and_uses_nothing(
    registry: Offices, own: str, names_of: tuple[str, str]
) -> None:
    described = {"description": description(own, "nowhere", *names_of)}
    registry.establishes(f"{own}-held", *names_of)
    asked = {"resource": f"{own}-held", "elements": [names_of[0]], "purpose": TEXT, "legalBasis": "Act 3"}

    assert_problem(registry.unknown.sends("/v1/resources", described), 400, "owner-not-registered")
    assert_problem(registry.unknown.sends(f"/v1/grants/{own}", asked, method="PUT"), 409, "grantee-not-registered")


def test_approving_bodies_agree_one_after_the_other(registry: Offices, own: str, names_of: tuple[str, str]) -> None:
    rules = {"approvingBodies": ["village", "ministry"]}
    assert registry.ministry.sends("/v1/register/rules", {"rules": rules}, method="PUT").status_code == 200
    registry.town.sends("/v1/resources", {"description": description(own, "town", *names_of)})
    try:
        assert_problem(judges(registry.town, own), 403, "not-an-approving-body")
        assert judges(registry.village, own).status_code == 200
        assert judges(registry.judges, own, verdict="dismissed").status_code == 200
        assert_problem(judges(registry.village, own), 409, "approval-not-pending")
    finally:
        assert registry.ministry.sends("/v1/register/rules", {"rules": {}}, method="PUT").status_code == 200


class MovedClock:
    """The system's clock, some days ahead."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return system_clock().astimezone(UTC) + self.ahead


def test_the_role_passes_on_its_day_and_not_before(
    postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> None:
    clock = MovedClock()
    with (
        fresh_databases(postgres, "passing") as where,
        RunningWindow(where, tmp_path_factory.mktemp("passing"), projecting=False, clock=clock) as window,
        Offices(window) as offices,
    ):
        assert offices.begin().status_code == 200
        assert_problem(names(offices.ministry, "village", 0), 400, "coordinator-begins-later")
        assert_problem(names(offices.ministry, "nowhere", 3), 400, "coordinator-not-registered")
        assert names(offices.ministry, "village", 3).status_code == 200
        again = names(offices.ministry, "village", 3)
        assert (again.status_code, "Position-Token" in again.headers) == (200, False)
        asked = [{"elements": [element(f"a.e{number}")]} for number in range(3)]

        assert offices.ministry.sends("/v1/elements", asked[0]).status_code == 201
        assert_problem(offices.of_the_village.sends("/v1/elements", asked[1]), 403, "not-the-coordinator")
        clock.ahead = timedelta(days=4)
        assert offices.of_the_village.sends("/v1/elements", asked[1]).status_code == 201
        assert_problem(offices.ministry.sends("/v1/elements", asked[2]), 403, "not-the-coordinator")


def test_before_anybody_is_named_the_register_has_not_begun(
    postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with (
        fresh_databases(postgres, "unbegun") as where,
        RunningWindow(where, tmp_path_factory.mktemp("unbegun"), projecting=False) as window,
        Offices(window) as offices,
    ):
        asked = {"elements": [element("a.b")]}
        assert_problem(offices.nobodys.sends("/v1/elements", asked), 409, "coordinator-not-named")
        assert_problem(offices.ministry.sends("/v1/elements", asked), 409, "coordinator-not-named")
        assert_problem(judges(offices.town, "people"), 409, "coordinator-not-named")
        assert_problem(names(offices.nobodys, "ministry", 0), 400, "coordinator-not-registered")
