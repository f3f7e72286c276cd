"""The coordinator changes the catalogue: what is answered, and what changes nothing."""

import pytest

from tests.api.people import People, assert_problem, permit

TOWN = {"name": {"en": "Permits"}, "timeZone": "Asia/Baku", "desks": ["north", "south"]}


def test_an_agency_is_registered_once_and_again_as_it_is_for_nothing(people: People) -> None:
    address, coordinator = f"/v1/agencies/{people.agency}-new", people.coordinator

    first = coordinator.sends(address, TOWN, method="PUT")
    again = coordinator.sends(address, TOWN, method="PUT")

    assert (first.status_code, first.headers["Location"]) == (201, address)
    assert first.headers["Position-Token"]
    assert (again.status_code, again.json()) == (200, first.json())
    assert "Position-Token" not in again.headers
    other = {**TOWN, "desks": ["north"]}
    assert_problem(coordinator.sends(address, other, method="PUT"), 409, "agency-already-registered")


def test_a_body_that_names_another_agency_than_its_address_is_refused(people: People) -> None:
    sent = people.coordinator.sends(f"/v1/agencies/{people.agency}", {**TOWN, "slug": "other"}, method="PUT")

    assert assert_problem(sent, 400, "slug-is-the-address")["field"] == "slug"


def test_a_draft_is_a_new_version_that_is_published_instead_of_the_one_before(people: People) -> None:
    definition = permit(people.service, people.agency, "north")
    services = f"/v1/services/{people.service}"

    drafted = people.coordinator.sends("/v1/services", {"definition": definition})
    published = people.coordinator.sends(f"{services}/publication", {"version": 2})

    assert (drafted.status_code, drafted.headers["Location"]) == (201, f"{services}?version=2")
    assert drafted.json() == published.json() == {"slug": people.service, "version": 2}
    assert (published.status_code, "Location" in published.headers) == (200, False)
    now = people.anyone.asks(services, position=published.headers["Position-Token"]).json()
    assert (now["version"], now["status"]) == (2, "published")


@pytest.mark.parametrize("body", [b"", b"{}"])
def test_a_service_is_withdrawn_by_an_empty_body_or_none(people: People, body: bytes) -> None:
    sent = people.coordinator.http.post(
        f"/v1/services/{people.service}/withdrawal", content=body, headers={"Content-Type": "application/json"}
    )

    assert (sent.status_code, sent.json()) == (200, {"slug": people.service, "version": 1})
    again = people.coordinator.sends(f"/v1/services/{people.service}/withdrawal")
    assert_problem(again, 409, "service-not-published")


def test_what_a_withdrawal_cannot_say_is_refused_and_the_service_stays(people: People) -> None:
    sent = people.coordinator.sends(f"/v1/services/{people.service}/withdrawal", {"reason": "Closed."})

    assert assert_problem(sent, 400, "request-follows-its-schema")["errors"][0]["field"] == "reason"
    assert people.coordinator.sends(f"/v1/services/{people.service}/withdrawal").status_code == 200


def test_a_service_that_nobody_drafted_cannot_be_published_or_withdrawn(people: People) -> None:
    for path, body in (("publication", {"version": 1}), ("withdrawal", {})):
        assert_problem(people.coordinator.sends(f"/v1/services/no-such-thing/{path}", body), 404, "service-unknown")
