"""A change is answered with a promise: its position, and where its receipt will be once the log has signed it."""

import pytest

from tests.api.people import People, address_of, assert_problem, position_of


def test_the_promise_names_position_and_version(people: People) -> None:
    submitted = people.citizen.submits(people.service)
    withdrawn = people.citizen.sends(f"{address_of(submitted)}/withdrawal", {}, seen=submitted)

    for version, answer in ((1, submitted), (2, withdrawn)):
        assert answer.json()["receipt"] == f"{address_of(submitted)}/receipt?version={version}"
        assert answer.json()["position"] == int(position_of(answer))


@pytest.mark.parametrize("wait", ["0"])
def test_a_receipt_that_no_checkpoint_covers_yet_is_to_be_asked_for_again(people: People, wait: str) -> None:
    submitted = people.citizen.submits(people.service)
    for path in (submitted.json()["receipt"], f"{address_of(submitted)}/complete-history"):
        answer = people.citizen.asks(path, Prefer=f"wait={wait}")
        assert_problem(answer, 404, "receipt-not-there-yet")
        assert answer.headers["Retry-After"] == "1"
