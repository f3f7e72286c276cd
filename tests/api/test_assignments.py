"""Officials ask a desk for work: retries, limits, and cases in which they are parties."""

import psycopg
import pytest

from api.paging import encoded
from application.access.callers import Role
from domain.desk.refusals import TooFewToDrawAmong
from tests.api.people import People, address_of, assert_problem, permit, position_of
from tests.api.running import RunningWindow


def test_a_desks_limit_stands_in_the_catalogue_and_is_named_when_it_is_reached(
    people: People, window: RunningWindow
) -> None:
    agency = f"{people.agency}-small"
    entry = {"name": {"en": "Small"}, "timeZone": "UTC", "desks": ["one", "two"], "deskLimits": {"one": 1}}
    written = people.coordinator.sends(f"/v1/agencies/{agency}", entry, method="PUT")
    service = f"{people.service}-small"
    people.coordinator.sends("/v1/services", {"definition": permit(service, agency, "one")})
    people.coordinator.sends(f"/v1/services/{service}/publication", {"version": 1})
    page = f"/v1/agencies?cursor={encoded(people.agency)}"  # other tests' agencies may fill a page from the beginning
    listed = people.anyone.asks(page, position=position_of(written)).json()["items"]
    submitted = [people.citizen.submits(service) for _ in range(2)]
    official = window.somebody(Role.OFFICIAL, people.official.subject, agency)
    with official.http:
        official.is_drawn_for(submitted[0])
        with pytest.raises(TooFewToDrawAmong):
            official.is_drawn_for(submitted[1])

    assert [each["deskLimits"] for each in listed if each["slug"] == agency] == [{"one": 1, "two": 20}]


def test_limits_of_desks_that_are_not_there_or_of_none_are_refused(people: People) -> None:
    entry = {"name": {"en": "Small"}, "timeZone": "UTC", "desks": ["one"]}
    for limits, rule in (({"three": 1}, "desk-unknown"), ({"one": 0}, "request-follows-its-schema")):
        path = f"/v1/agencies/{people.agency}-none"
        answer = people.coordinator.sends(path, {**entry, "deskLimits": limits}, method="PUT")
        assert_problem(answer, 400, rule)


def test_an_official_neither_reads_nor_decides_the_own_request(people: People, window: RunningWindow) -> None:
    both = window.somebody(Role.CITIZEN, people.official.subject)
    with both.http:
        own = both.submits(people.service)
        with pytest.raises(TooFewToDrawAmong):
            people.official.is_drawn_for(own)
        read = people.official.asks(address_of(own), position=position_of(own))
        as_citizen = both.asks(address_of(own), position=position_of(own))

    assert_problem(read, 409, "official-is-party")
    assert as_citizen.status_code == 200


def test_a_vault_that_lacks_a_key_is_a_problem_by_name_and_what_seals_nothing_goes_on(
    people: People, window: RunningWindow
) -> None:
    submitted = people.citizen.submits(people.service)
    assigned = people.official.is_drawn_for(submitted)
    with psycopg.connect(window.where.vault, autocommit=True) as vault:
        vault.execute("DELETE FROM vault.keys WHERE key_ref = %s", [submitted.json()["applicant"]])
    path = address_of(submitted)
    decision = {"outcome": "granted", "legalBasis": "Act 1", "reasons": "So."}
    refused = people.official.sends(f"{path}/decision", decision, seen=assigned)
    done = people.official.sends(f"{path}/steps", {"step": "T01 receive"}, seen=assigned)

    assert_problem(refused, 503, "keys-missing")
    assert refused.headers["Retry-After"] == "60"
    assert done.status_code == 200
