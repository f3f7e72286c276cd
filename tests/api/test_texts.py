"""A text that nobody can see or that deceives is refused by place and rule; honest ones come back as they were."""

import pytest

from tests.api.people import ANSWERS, People, address_of, assert_problem, position_of

REFUSED = [
    ("\u200b\u200d\ufeff", "text-has-something-to-see"),
    ("a\x1b[31mb", "text-has-no-control-characters"),
    ("a\ufdd0", "text-has-no-noncharacters"),
    ("\u202eabc", "text-closes-its-bidirectional-marks"),
]


@pytest.mark.parametrize(("text", "rule"), REFUSED)
def test_an_answer_that_nobody_can_read_is_refused(people: People, text: str, rule: str) -> None:
    refused = people.citizen.submits(people.service, ANSWERS | {"person.name": text})

    assert assert_problem(refused, 400, rule)["field"] == "answers.person.name"
    assert text not in refused.text


@pytest.mark.parametrize(("text", "rule"), REFUSED)
def test_words_that_nobody_can_read_are_refused(people: People, text: str, rule: str) -> None:
    submitted = people.citizen.submits(people.service)
    case = address_of(submitted)
    assigned = people.official.is_drawn_for(submitted)

    for path, body, field in (
        ("steps", {"step": "T01 receive", "note": text}, "note"),
        ("questions", {"question": text}, "question"),
        ("decision", {"outcome": "granted", "legalBasis": text, "reasons": "x"}, "legalBasis"),
        ("decision", {"outcome": "granted", "legalBasis": "x", "reasons": text}, "reasons"),
    ):
        refused = people.official.sends(f"{case}/{path}", body, seen=assigned)
        assert assert_problem(refused, 400, rule)["field"] == field
    refused = people.citizen.sends(f"{case}/withdrawal", {"reason": text}, seen=assigned)
    assert assert_problem(refused, 400, rule)["field"] == "reason"


@pytest.mark.parametrize(
    "text", ["می\u200cخواهم\nسطر", "👩\u200d👧 ❤\ufe0f 1\ufe0f\u20e3", "\u2067العربية\u2069", "a\tb\r\nc"]
)
def test_what_people_write_is_kept_as_it_is(people: People, text: str) -> None:
    submitted = people.citizen.submits(people.service, ANSWERS | {"person.name": text})

    history = people.citizen.asks(f"{address_of(submitted)}/history", position=position_of(submitted)).json()
    assert history["items"][0]["answers"]["person.name"] == text
