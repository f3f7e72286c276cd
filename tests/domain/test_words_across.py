"""Every text that one side of a case writes for the other is known as such."""

from dataclasses import fields
from typing import Any

import pytest

from application.cases.case_commands import CASE_COMMANDS, CaseCommand
from domain.case.clock_commands import PublishSilentGrant
from domain.case.commands import Command, SubmitCase
from domain.case.evidence_commands import SupplyElements
from domain.case.message_commands import ReportContact
from domain.case.words_across import words_across
from domain.service.definition import EvidenceNeed, Question, ServiceDefinition
from domain.values import SAYS_SOMETHING
from tests.domain.town import SERVICE

CHOSEN = {"step", "requestId", "elements"}
"""Members of bodies that name something which exists; a free text is none of them."""
NOT_SCREENED: dict[type[Command], set[str]] = {ReportContact: {"statement"}, PublishSilentGrant: {"publishedAt"}}
"""A report may have to quote a contact, and only auditors see it; a public place is a system's word, no person's."""


def made(becomes: type[Command], **members: object) -> Command:
    """Return a command with these members; every other one has some words."""
    known: dict[str, Any] = {"service": SERVICE, "answers": {}} | members
    return becomes(**{field.name: known.get(field.name, "some words") for field in fields(becomes)})


def free_texts(command: CaseCommand) -> set[str]:
    """Return the members of the body that hold free text, as its schema says."""
    found = set()
    for name, schema in command.takes.model_json_schema()["properties"].items():
        forms = schema.get("anyOf", [schema])
        if name not in CHOSEN and any(form.get("pattern") == SAYS_SOMETHING for form in forms):
            found.add(name)
    return found


@pytest.mark.parametrize("command", CASE_COMMANDS, ids=lambda command: command.name)
def test_every_free_text_of_a_body_is_read_by_the_other_side(command: CaseCommand) -> None:
    across = {words.field for words in words_across(made(command.becomes))}

    assert across == free_texts(command) - NOT_SCREENED.get(command.becomes, set())


def test_some_bodies_have_free_text() -> None:
    """Else the rule above would hold for nothing."""
    assert {name for command in CASE_COMMANDS for name in free_texts(command)} >= {
        "note",
        "question",
        "answer",
        "legalBasis",
    }


def asking(*asked: Question | EvidenceNeed) -> ServiceDefinition:
    return SERVICE.model_copy(
        update={
            "questions": tuple(each for each in asked if isinstance(each, Question)),
            "evidence": tuple(each for each in asked if isinstance(each, EvidenceNeed)),
        }
    )


@pytest.mark.parametrize("shown", [True, False])
def test_a_text_answer_goes_across_if_an_official_is_shown_it(*, shown: bool) -> None:
    label = {"en": "?"}
    service = asking(
        Question(element="person.wish", label=label, type="text", shown_to_official=shown),
        Question(element="plot.area", label=label, type="number"),
        EvidenceNeed(element="person.street", resource="persons", label=label, type="text", shown_to_official=shown),
    )
    answers = {"person.wish": "a", "plot.area": "1", "person.street": "b"}

    across = list(words_across(made(SupplyElements, service=service, answers=answers)))

    assert across == ([("answers.person.street", "b"), ("answers.person.wish", "a")] if shown else [])


def test_the_answers_of_a_new_request_go_across() -> None:
    class Published:
        definition = asking(Question(element="person.wish", label={"en": "?"}, type="text"))

    across = list(words_across(made(SubmitCase, service=Published, answers={"person.wish": "a", "unknown": "b"})))

    assert across == [("answers.person.wish", "a")]
