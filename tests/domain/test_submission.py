"""What a submission must contain, what it pins, and where its answers are stored."""

from datetime import date
from typing import Any

import pytest

from domain.case.decisions import decide
from domain.case.events import CaseSubmitted
from domain.case.refusals import (
    AnswerMissing,
    AnswerOfWrongType,
    ChannelNotOffered,
    ElementUnknown,
    ImportCarriesNoAnswers,
    LanguageNotOffered,
    LastDayIsCounted,
    NotTheApplicant,
)
from domain.case.state import evolve
from domain.event import sealed_fields
from domain.refusals import Refusal
from domain.service.definition import PublishedService
from tests.domain.given_when_then import given
from tests.domain.town import ANSWERS, APPLICANT, LAST_DAY, OFFICIAL, SERVICE, SUBMITTED, TODAY, submit

MARKER = "Aygün Əliyeva"


def test_a_submission_pins_what_the_case_is_judged_by() -> None:
    given().when(submit()).then(SUBMITTED)
    case = evolve(None, SUBMITTED)

    assert (case.agency, case.desk, case.service, case.service_version) == ("town", "front", "building-permit", 2)
    assert (case.calendar_version, case.time_zone) == (0, "Asia/Baku")
    assert (case.term_began, case.last_day) == (TODAY, LAST_DAY)


def test_a_service_without_a_term_has_no_last_day() -> None:
    endless = PublishedService(SERVICE.model_copy(update={"term": None}), 2)

    given().when(submit(service=endless)).then(SUBMITTED.model_copy(update={"last_day": None}))


def test_a_request_is_the_applicants_own() -> None:  # or a representative's: tests/mandates/test_representation.py
    given().when(submit()).then(SUBMITTED)
    given().when(submit(actor=OFFICIAL)).then(NotTheApplicant)
    given().when(submit(actor=APPLICANT.model_copy(update={"pseudonym": "another"}))).then(NotTheApplicant)


def test_a_service_is_asked_for_where_and_how_it_is_offered() -> None:
    given().when(submit(channel="pigeon")).then(ChannelNotOffered, field="service")
    given().when(submit(language="ru")).then(LanguageNotOffered, field="language")
    given().when(submit(last_day=LAST_DAY)).then(LastDayIsCounted, field="lastDay")


@pytest.mark.parametrize("last_day", [None, date(2011, 3, 1)])
def test_an_import_brings_its_own_last_day_channel_and_language(last_day: date | None) -> None:
    imported: dict[str, Any] = {
        "last_day": last_day,
        "last_day_is_stated": True,
        "channel": "Intern",
        "language": "nl",
        "open_answers": {},
        "sealed_answers": None,
    }
    command = submit(origin="import", last_day=last_day, channel="Intern", language="nl", answers={})

    given().when(command).then(SUBMITTED.model_copy(update=imported))


def test_an_import_brings_no_answers() -> None:
    given().when(submit(origin="import")).then(ImportCarriesNoAnswers, field="answers")


@pytest.mark.parametrize("element", ["person.birth_date", "plot.area", "plot.kind"])
def test_a_required_answer_that_is_missing_is_named(element: str) -> None:
    answers = {key: value for key, value in ANSWERS.items() if key != element}

    given().when(submit(answers=answers)).then(AnswerMissing, field=f"answers.{element}")


def test_an_element_that_the_service_does_not_ask_for_is_refused() -> None:
    given().when(submit(answers=ANSWERS | {"person.weight": 70})).then(ElementUnknown, field="answers.person.weight")
    given().when(submit(answers=ANSWERS | {MARKER: 70})).then(ElementUnknown, field="answers")


WRONG: dict[str, list[object]] = {
    "person.birth_date": [
        "",
        "28.02.1990",
        "19900228",
        "1990-02-30",
        "1990-W09-3",
        "\uff11990-02-28",
        1990,
        True,
    ],
    "person.phone": ["", " ", "x" * 10_001, "a\x00b", "\ud800", 5, False],
    "plot.area": ["", "1,5", "1e5", "0x10", "01", " 1", "NaN", "\u0663", 1.5, True, 2**53, -(2**53)],
    "plot.kind": ["castle", "", 1, True],
    "plot.owned": ["true", 1, 0, ""],
}
RIGHT: dict[str, list[object]] = {
    "person.birth_date": ["2024-02-29", "0001-01-01"],
    "person.phone": ["x" * 10_000, "012 345 67 89"],
    "plot.area": [0, -3, 2**53 - 1, "0", "-0.5", "123456789012345678901234567890.01"],
    "plot.kind": ["house", "shed"],
    "plot.owned": [True, False],
}


@pytest.mark.parametrize(("element", "value"), [(key, value) for key, values in WRONG.items() for value in values])
def test_an_answer_of_the_wrong_type_is_refused(element: str, value: object) -> None:
    given().when(submit(answers=ANSWERS | {element: value})).then(AnswerOfWrongType, field=f"answers.{element}")


@pytest.mark.parametrize(("element", "value"), [(key, value) for key, values in RIGHT.items() for value in values])
def test_an_answer_of_the_right_type_is_kept_as_it_is(element: str, value: object) -> None:
    (event,) = decide(submit(answers=ANSWERS | {element: value}), None)

    assert isinstance(event, CaseSubmitted)
    kept = (event.open_answers | (event.sealed_answers or {}))[element]
    assert (type(kept), kept) == (type(value), value)


def test_only_elements_that_are_declared_open_are_open() -> None:
    (event,) = decide(submit(answers=ANSWERS | {"person.phone": MARKER, "plot.owned": True}), None)

    assert isinstance(event, CaseSubmitted)
    assert set(event.open_answers) == {"plot.area", "plot.kind"}
    assert set(event.sealed_answers or {}) == {"person.birth_date", "person.phone", "plot.owned"}
    assert MARKER not in event.model_dump_json(exclude=set(sealed_fields(CaseSubmitted)))
    assert MARKER not in repr(event)


BROKEN: list[dict[str, Any]] = [
    {"channel": MARKER},
    {"language": MARKER},
    {"answers": ANSWERS | {MARKER: MARKER}},
    {"answers": ANSWERS | {"person.birth_date": MARKER}},
    {"answers": ANSWERS | {"plot.kind": MARKER}},
]


@pytest.mark.parametrize("changes", BROKEN)
def test_a_refusal_never_repeats_what_was_entered(changes: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as caught:
        decide(submit(**changes), None)
    told = f"{caught.value} {caught.value.detail} {caught.value.field} {caught.value.rule}"

    assert MARKER not in told
