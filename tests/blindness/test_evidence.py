"""Two cases of one person that ask the same register: nothing that is sent or told about them is equal."""

import base64
import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest

from application.access.callers import Role
from domain.case.evidence_events import IN_THE_SEAL
from ledger.embedded.postgres import EmbeddedPostgres
from tests.api.running import fresh_databases
from tests.blindness.values import values_in
from tests.evidence.exchanging import Town, connected
from tests.evidence.reference import LEYLA

_OF_SERVICE = "what the service's version, or the register's integration, says of everybody"
MAY_BE_EQUAL = {
    **dict.fromkeys(("resource", "requester", "procedure", "spec", "address"), "named in clear"),
    **dict.fromkeys(("elements", "answered", "previewed_within", "legalBasis", "assurance", "en"), _OF_SERVICE),
}
""" "en" is the purpose in English."""


@pytest.fixture(scope="module")
def town(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("evidence")
    with fresh_databases(postgres, "blind_evidence") as where, connected(where, folder) as town:
        yield town


def said_in(message: bytes) -> dict[str, Any]:
    """Return what a signed message says; who it is about is sealed for the register in it."""
    _, payload, signature = message.decode().split(".")
    said = base64.urlsafe_b64decode(payload + "==")
    return {**json.loads(said), "signature": signature}


def test_what_is_sent_to_a_register_and_told_of_its_answers_joins_no_two_cases_of_one_person(town: Town) -> None:
    cases = [town.submits(), town.submits()]
    for case in cases:
        town.until(case, "evidence_answered")
    system = town.window.somebody(Role.AGENCY, "system", "town")
    with system.http:
        told = system.asks("/v1/events?limit=1000", position=town.window.everything_recorded()).json()["items"]
    with psycopg.connect(town.window.where.reader) as reader:
        sent = reader.execute("SELECT case_id, raw FROM evidence.messages").fetchall()

    of_cases: list[set[str]] = []
    for case in cases:
        case_id = case.rpartition("/")[2]
        events = [each for each in told if each["subject"] == case_id]
        messages = [said_in(raw) for of, raw in sent if of == UUID(case_id)]
        assert "case.evidence_answered" in {event["type"] for event in events}
        assert [message["type"] for message in messages] == ["request"]
        assert not any(name in str(messages) for name in (case_id, LEYLA, events[0]["data"]["data"]["reference"]))
        found = {(member, value) for each in (*events, *messages) for member, value in values_in(each)}
        of_cases.append({value for member, value in found if member not in MAY_BE_EQUAL and value != IN_THE_SEAL})
    assert of_cases[0] & of_cases[1] == set()


def test_what_a_register_says_of_its_entry_is_told_to_the_applicant_and_to_nobody_else(town: Town) -> None:
    """A day is too common for the test above to compare; of one's own entry in a register it is not."""
    case = town.submits()
    town.until(case, "evidence_answered")
    system = town.window.somebody(Role.AGENCY, "system", "town")
    with system.http:
        told = system.asks("/v1/events?limit=1000", position=town.window.everything_recorded()).json()["items"]

    (mine,) = [item for item in town.history(case) if item["type"] == "case.evidence_answered"]
    entry = mine["opened"]["source_entry"]
    assert entry["source_version"]
    assert entry["valid_from"]
    (event,) = [
        each for each in told if (each["subject"], each["type"]) == (case.rpartition("/")[2], "case.evidence_answered")
    ]
    (theirs,) = [item for item in town.history(case, town.official) if item["type"] == "case.evidence_answered"]
    for item in (event, theirs):
        assert entry["valid_from"] not in str(item)
        assert not {"valid_from", "valid_to", "document"} & {name for name, _ in values_in(item)}
