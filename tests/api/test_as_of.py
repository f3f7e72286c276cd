"""`asOf` answers what was known then: status and history at a position, an instant or a day."""

from datetime import datetime, timedelta

import httpx2
import pytest

from application.clock import system_clock
from domain.values import rfc3339
from tests.api.people import People, address_of, assert_problem, position_of


@pytest.fixture
def life(people: People) -> list[httpx2.Response]:
    """The answers to a submission, an assignment and a step."""
    submitted = people.citizen.submits(people.service)
    taken = people.official.is_drawn_for(submitted)
    step = people.official.sends(f"{address_of(taken)}/steps", {"step": "T01 receive"}, seen=taken)
    return [submitted, taken, step]


def test_a_case_as_of_each_of_its_positions_is_what_its_writer_was_told(
    people: People, life: list[httpx2.Response]
) -> None:
    for written in life:
        then = people.citizen.asks(f"{address_of(written)}?asOf={position_of(written)}", position=position_of(life[-1]))

        assert then.headers["ETag"] == written.headers["ETag"]
        told = {name: value for name, value in written.json().items() if name != "receipt"}  # only after a change
        assert {name: then.json()[name] for name in told} == told


@pytest.mark.parametrize("reader", ["citizen", "auditor", "official", "system"])
def test_a_history_as_of_a_position_ends_there(people: People, life: list[httpx2.Response], reader: str) -> None:
    address = f"{address_of(life[0])}/history?asOf={position_of(life[1])}"

    items = getattr(people, reader).asks(address, position=position_of(life[-1])).json()["items"]

    assert [item["type"] for item in items] == ["case.submitted", "case.assigned"]


def test_an_instant_is_compared_with_when_it_was_recorded(people: People, life: list[httpx2.Response]) -> None:
    case = address_of(life[0])
    history = people.citizen.asks(f"{case}/history", position=position_of(life[-1])).json()["items"]
    microsecond = timedelta(microseconds=1)

    for item in history:
        recorded_at = datetime.fromisoformat(item["recordedAt"])
        then = people.citizen.asks(f"{case}?asOf={rfc3339(recorded_at)}")
        before = people.citizen.asks(f"{case}?asOf={rfc3339(recorded_at - microsecond)}")

        assert then.json()["version"] == item["version"]
        if item["version"] == 1:
            assert_problem(before, 404, "no-such-case")
        else:
            assert before.json()["version"] == item["version"] - 1


def test_a_day_counts_to_its_local_end(people: People, life: list[httpx2.Response]) -> None:
    case = address_of(life[0])

    today = people.citizen.asks(f"{case}?asOf=2999-12-30", position=position_of(life[-1]))
    long_ago = people.citizen.asks(f"{case}?asOf=2001-01-01")

    assert today.json()["version"] == 3
    assert_problem(long_ago, 404, "no-such-case")


@pytest.mark.parametrize("given", ["yesterday", "-1", "2026-13-01", "2026-01-01T10:00:00", "1e3", ""])
def test_what_is_no_position_instant_or_day_is_refused(people: People, life: list[httpx2.Response], given: str) -> None:
    for path in ("", "/history"):
        refused = people.citizen.asks(f"{address_of(life[0])}{path}?asOf={given}", position=position_of(life[-1]))

        problem = assert_problem(refused, 400, "as-of-is-a-position-or-a-date")
        assert problem["field"] == "asOf"


def test_an_evaluation_as_of_a_position_counts_what_was_known_then(people: People, life: list[httpx2.Response]) -> None:
    address = f"/v1/evaluation/services/{people.service}"
    closed = people.citizen.submits(people.service)
    withdrawn = people.citizen.sends(f"{address_of(closed)}/withdrawal", seen=closed)
    now = people.anyone.asks(address, position=position_of(withdrawn)).json()

    first = people.anyone.asks(f"{address}?asOf={position_of(life[0])}").json()
    stepped = people.anyone.asks(f"{address}?asOf={position_of(life[2])}").json()
    last = people.anyone.asks(f"{address}?asOf={position_of(withdrawn)}").json()
    before = people.anyone.asks(f"{address}?asOf=2001-01-01").json()

    assert (first["submitted"], first["open"], first["steps"]) == (1, 1, 0)
    assert (stepped["submitted"], stepped["open"], stepped["steps"]) == (1, 1, 1)
    assert last == now
    assert (now["submitted"], now["open"], now["withdrawn"]) == (2, 1, 1)
    assert set(before.values()) == {people.service, 0}


def test_all_evaluations_as_of_an_instant_are_the_same_as_each_alone(
    people: People, life: list[httpx2.Response]
) -> None:
    instant = rfc3339(system_clock() + timedelta(days=1))

    page = people.anyone.asks(
        f"/v1/evaluation/services?asOf={instant}&limit=500", position=position_of(life[-1])
    ).json()["items"]
    alone = people.anyone.asks(f"/v1/evaluation/services/{people.service}?asOf={instant}").json()

    assert alone in page


@pytest.mark.parametrize("address", ["/v1/evaluation/services", "/v1/evaluation/services/permit"])
def test_an_evaluation_of_no_time_is_refused(people: People, address: str) -> None:
    assert_problem(people.anyone.asks(f"{address}?asOf=then"), 400, "as-of-is-a-position-or-a-date")
