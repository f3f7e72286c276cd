"""Words from one side of a case to the other that hold a contact are refused: kind and place are told, and no more."""

import logging

import psycopg
import pytest

from tests.api.people import ANSWERS, People, address_of, assert_problem
from tests.api.running import Where

CONTACTS = [
    ("Zəng edin: 050 213 45 67", "a phone number", "Characters 12 to 24 "),
    ("leyla (at) mail (dot) az", "a mail address", "Characters 1 to 24 "),
    ("Read t.me/leyla_55", "a web address", "Characters 6 to 18 "),
    ("ask @leyla_m there", "a name in a messenger", "Characters 5 to 12 "),
    ("FIN 5ABC12X", "a personal code", "Characters 5 to 11 "),
]
PHONE = CONTACTS[0][0]


def events(where: Where) -> int:
    with psycopg.connect(where.reader) as connection:
        row = connection.execute("SELECT count(*) FROM ledger.events").fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize(("text", "kind", "place"), CONTACTS)
def test_a_contact_in_an_answer_is_refused_by_kind_and_place(
    people: People, where: Where, caplog: pytest.LogCaptureFixture, text: str, kind: str, place: str
) -> None:
    before = events(where)
    with caplog.at_level(logging.DEBUG):
        refused = people.citizen.submits(people.service, ANSWERS | {"person.name": text})

    problem = assert_problem(refused, 400, "contact-in-words")
    assert problem["field"] == "answers.person.name"
    assert [(error["field"], error["rule"]) for error in problem["errors"]] == [
        ("answers.person.name", "contact-in-words")
    ]
    assert kind in problem["detail"]
    assert problem["detail"].startswith(place)
    assert text not in refused.text
    assert text not in caplog.text
    assert events(where) == before


def test_a_contact_in_any_words_of_either_side_is_refused(people: People, where: Where) -> None:
    submitted = people.citizen.submits(people.service)
    case = address_of(submitted)
    assigned = people.official.is_drawn_for(submitted)
    before = events(where)

    for path, body, field in (
        ("steps", {"step": "T01 receive", "note": PHONE}, "note"),
        ("questions", {"question": PHONE}, "question"),
        ("decision", {"outcome": "granted", "legalBasis": PHONE, "reasons": "x"}, "legalBasis"),
        ("decision", {"outcome": "granted", "legalBasis": "x", "reasons": PHONE}, "reasons"),
    ):
        refused = people.official.sends(f"{case}/{path}", body, seen=assigned)
        assert assert_problem(refused, 400, "contact-in-words")["field"] == field
    refused = people.citizen.sends(f"{case}/withdrawal", {"reason": PHONE}, seen=assigned)
    assert assert_problem(refused, 400, "contact-in-words")["field"] == "reason"
    assert events(where) == before

    asked = people.official.sends(f"{case}/questions", {"question": "Which street?"}, seen=assigned)
    refused = people.citizen.sends(f"{case}/answers", {"answer": PHONE}, seen=asked)
    assert assert_problem(refused, 400, "contact-in-words")["field"] == "answer"


def test_an_answer_that_no_official_is_shown_may_be_a_contact(people: People) -> None:
    assert people.citizen.submits(people.service, ANSWERS | {"person.phone": "+994 50 213 45 67"}).status_code == 201


def test_several_contacts_are_all_told_of(people: People) -> None:
    submitted = people.citizen.submits(people.service)
    assigned = people.official.is_drawn_for(submitted)

    body = {"outcome": "granted", "legalBasis": "x@example.az", "reasons": PHONE}
    refused = people.official.sends(f"{address_of(submitted)}/decision", body, seen=assigned)

    problem = assert_problem(refused, 400, "contact-in-words")
    assert [error["field"] for error in problem["errors"]] == ["legalBasis", "reasons"]
