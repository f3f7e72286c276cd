"""The coordinator names the desk that stands in for another: what is answered, and what is refused."""

from typing import Any

import pytest

from api.paging import encoded
from tests.api.people import People, assert_problem, position_of

COUNTY = {"name": {"en": "County"}, "timeZone": "Asia/Baku", "desks": ["help"]}


@pytest.fixture
def county(people: People) -> str:
    """Another agency, with a desk."""
    name = f"{people.agency}-county"
    assert people.coordinator.sends(f"/v1/agencies/{name}", COUNTY, method="PUT").is_success
    return name


def address(people: People, desk: str = "north") -> str:
    return f"/v1/agencies/{people.agency}/desks/{desk}/stand-in"


def shown(people: People, agency: str, position: str) -> Any:
    """Return the stand-ins of an agency as everybody reads them; its name must come after the people's agency."""
    page = f"/v1/agencies?cursor={encoded(people.agency)}"  # other tests' agencies may fill a page from the beginning
    read = people.anyone.asks(page, position=position).json()["items"]
    return next(each["standIns"] for each in read if each["slug"] == agency)


def test_everybody_reads_which_desk_stands_in_for_which(people: People, county: str) -> None:
    north = {"agency": people.agency, "desk": "north"}
    named = people.coordinator.sends(f"/v1/agencies/{county}/desks/help/stand-in", north, method="PUT")
    assert (named.status_code, named.json()) == (200, {"slug": county, "version": None})
    assert shown(people, county, position_of(named)) == {"help": north}

    ended = people.coordinator.sends(f"/v1/agencies/{county}/desks/help/stand-in", method="DELETE")
    assert ended.status_code == 200
    assert shown(people, county, position_of(ended)) == {}


def test_the_same_stand_in_again_changes_nothing(people: People, county: str) -> None:
    for method, body in (("PUT", {"agency": county, "desk": "help"}), ("DELETE", None)):
        first = people.coordinator.sends(address(people), body, method=method)
        again = people.coordinator.sends(address(people), body, method=method)
        assert "Position-Token" in first.headers
        assert (again.status_code, "Position-Token" in again.headers) == (200, False)


def test_an_agency_with_stand_ins_can_be_described_again(people: People, county: str) -> None:
    itself = {"agency": people.agency, "desk": "north"}
    named = people.coordinator.sends(f"/v1/agencies/{county}/desks/help/stand-in", itself, method="PUT")
    assert named.is_success

    assert people.coordinator.sends(f"/v1/agencies/{county}", COUNTY, method="PUT").status_code == 200


@pytest.mark.parametrize(
    ("desk", "other", "its_desk", "refusal"),
    [
        ("side", "county", "help", (404, "desk-unknown", None)),
        ("north", "county", "side", (400, "desk-unknown", "desk")),
        ("north", "nowhere", "help", (400, "agency-unknown", "agency")),
        ("north", "itself", "south", (400, "stand-in-of-the-same-agency", "agency")),
    ],
)
def test_only_a_desk_that_another_agency_has_stands_in(
    people: People, county: str, desk: str, other: str, its_desk: str, refusal: tuple[int, str, str | None]
) -> None:
    status, rule, field = refusal
    agency = {"county": county, "itself": people.agency, "nowhere": "nowhere"}[other]
    sent = people.coordinator.sends(address(people, desk), {"agency": agency, "desk": its_desk}, method="PUT")

    assert assert_problem(sent, status, rule).get("field") == field


def test_for_an_agency_that_is_not_there_nothing_stands_in(people: People, county: str) -> None:
    help_desk = {"agency": county, "desk": "help"}
    sent = people.coordinator.sends("/v1/agencies/nowhere/desks/north/stand-in", help_desk, method="PUT")

    assert_problem(sent, 404, "agency-unknown")


def test_a_stand_in_needs_agency_and_desk_and_nothing_else(people: People, county: str) -> None:
    for body in ({"agency": county}, {"agency": county, "desk": "help", "until": "2027-01-01"}, {"agency": "A B"}):
        assert_problem(people.coordinator.sends(address(people), body, method="PUT"), 400, "request-follows-its-schema")
