"""A case asks the population register for its evidence, over HTTP, and goes on when it is there."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.embedded.postgres import EmbeddedPostgres
from tests.api.running import fresh_databases
from tests.evidence.exchanging import Town, connected, definition

_numbers = itertools.count(1)


@pytest.fixture
def town(postgres: EmbeddedPostgres, tmp_path: Path) -> Iterator[Town]:
    """A town with a population register."""
    with fresh_databases(postgres, f"exchange_{next(_numbers)}") as where, connected(where, tmp_path) as town:
        yield town


def test_a_case_waits_for_the_register_and_goes_to_its_desk_with_the_answer(town: Town) -> None:
    case = town.submits()

    history = town.until(case, "evidence_settled")

    assert [item["type"] for item in history] == [
        "case.submitted",
        "case.evidence_requested",
        "case.evidence_sent",
        "case.evidence_answered",
        "case.evidence_settled",
    ]
    assert history[3]["answers"] == {"person.birth_date": "1990-02-28"}
    assert town.stage(case) == "Submitted"
    by_register = {"elements": ["person.birth_date"], "confirmedBy": "population", "asOf": history[3]["data"]["as_of"]}
    for who in (town.leyla, town.official):
        assert {**by_register, "disputed": []} in town.claims(case, who)


def test_an_official_does_not_see_what_the_applicant_objects_to(town: Town) -> None:
    town.publishes(definition("licence", need={"preview": "required"}))
    case = town.submits("licence")
    asked = town.until(case, "evidence_review_asked")
    request = asked[-1]["data"]["request_id"]
    before = town.leyla.asks(case)
    objected = town.leyla.sends(f"{case}/evidence/objection", {"requestId": request}, seen=before)
    assert objected.status_code == 200, objected.text

    [mine] = [item for item in town.history(case) if item["type"] == "case.evidence_answered"]
    [theirs] = [item for item in town.history(case, town.official) if item["type"] == "case.evidence_answered"]

    assert mine["answers"] == {"person.birth_date": "1990-02-28"}
    assert theirs["answers"] == {}
    assert "population" not in {claim["confirmedBy"] for claim in town.claims(case, town.official)}
