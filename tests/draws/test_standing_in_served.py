"""A window whose worker finds too few at a desk: the case goes to the desk of another agency once that stands in."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import httpx2
import pytest

from application.access.callers import Role
from ledger.embedded.postgres import EmbeddedPostgres
from tests.api.people import Person, address_of, assert_problem
from tests.draws.kept_draws import Office, keeper, office
from tests.log.waiting import until


class TwoAgencies(NamedTuple):
    """An agency with two officials, and another with three."""

    town: Office
    county: Office

    def stands_in(self) -> None:
        """Have the county's desk stand in for the town's."""
        help_desk = {"agency": county_of(self.town), "desk": "help"}
        address = f"/v1/agencies/{self.town.agency}/desks/north/stand-in"
        named = self.town.kept.people.coordinator.sends(address, help_desk, method="PUT")
        assert named.is_success, named.text


def county_of(town: Office) -> str:
    """Return the name of the agency that stands in."""
    return f"{town.agency}-county"


@pytest.fixture
def two(postgres: EmbeddedPostgres, tmp_path: Path) -> Iterator[TwoAgencies]:
    with ExitStack() as stack:
        town = stack.enter_context(office(postgres, "stands-in", tmp_path, officials=2))
        people, name = town.kept.people, county_of(town)
        entry = {"name": {"en": "County"}, "timeZone": "UTC", "desks": ["help"]}
        assert people.coordinator.sends(f"/v1/agencies/{name}", entry, method="PUT").is_success
        theirs: list[Person] = []
        for number in range(3):
            one = town.kept.window.somebody(Role.OFFICIAL, f"county-{number}", name, ("help",))
            stack.callback(one.http.close)
            theirs.append(one)
            assert one.sends("/v1/desks/help/seat", method="PUT").is_success
        until(lambda: len(people.anyone.asks("/v1/draws/desks").json()["items"]) == 2)
        with keeper(town) as own:
            own.look()
        yield TwoAgencies(town, Office(town.kept, theirs))


def types(at: Office, case: httpx2.Response) -> list[str]:
    """Return the topics of a case's events as its applicant reads them."""
    return [event["type"] for event in at.history(case)]


def test_a_case_that_waits_is_moved_drawn_for_and_read_in_the_other_agency(two: TwoAgencies) -> None:
    town, county = two
    case = town.submitted()
    until(lambda: types(town, case) == ["case.submitted", "case.left_waiting"])

    two.stands_in()
    until(lambda: "case.moved" in types(town, case))
    (moved,) = [event for event in town.history(case) if event["type"] == "case.moved"]
    assert (moved["data"]["agency"], moved["data"]["desk"], moved["data"]["able"]) == (county_of(town), "help", 2)

    def is_drawn() -> bool:
        with keeper(town) as own:
            own.look()
        return "case.assigned" in types(town, case)

    until(is_drawn)
    position = town.kept.window.everything_recorded()
    status = town.kept.people.citizen.asks(address_of(case), position=position).json()
    assert (status["agency"], status["desk"]) == (county_of(town), "help")
    readers = [one for one in county.officials if one.asks(address_of(case), position=position).status_code == 200]
    assert len(readers) == 3
    for one in town.officials:
        assert_problem(one.asks(address_of(case), position=position), 404, "no-such-case")
