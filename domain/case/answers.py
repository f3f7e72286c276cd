"""Checks the answers to a service's questions, and splits them into open and sealed."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple, assert_never

from domain.case.refusals import AnswerMissing, AnswerOfWrongType, ElementNotAsked, ElementUnknown
from domain.service.definition import Question, ServiceDefinition
from domain.text import LONGEST_PROSE, is_storable
from domain.values import LARGEST_NUMBER, LONGEST_ELEMENT, NAME_OF_ELEMENT, AnswerValue

_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,39})(\.[0-9]{1,40})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ELEMENT = re.compile(rf"(?=.{{1,{LONGEST_ELEMENT}}}\Z){NAME_OF_ELEMENT}")


class SplitAnswers(NamedTuple):
    """Answers by where they may be stored."""

    open: dict[str, AnswerValue]
    sealed: dict[str, AnswerValue] | None


def field_of(element: str) -> str:
    """Return the place of an answer. A text that cannot be an element's name is not repeated."""
    return f"answers.{element}" if _ELEMENT.fullmatch(element) else "answers"


def check_answers(answers: Mapping[str, AnswerValue], questions: Mapping[str, Question]) -> None:
    """Check that the questions ask for every answer, that no required answer is missing, and that the types fit.

    Raises:
        ElementUnknown, AnswerMissing, AnswerOfWrongType: with the element's place as the field.
    """
    if unknown := answers.keys() - questions.keys():
        raise ElementUnknown(field=field_of(min(unknown)))  # the same error, in whatever order the answers were sent
    for element, question in questions.items():
        if element not in answers:
            if question.required:
                raise AnswerMissing(field=field_of(element))
        elif not _is_of_type(answers[element], question):
            raise AnswerOfWrongType(f"the answer must be {_EXPECTED[question.type]}", field=field_of(element))


def asked_questions(
    answers: Iterable[str], asked: tuple[str, ...], service: ServiceDefinition
) -> Mapping[str, Question]:
    """Return the questions that the official's question repeats.

    Raises:
        ElementNotAsked: an answer is about another element of the service.
    """
    if not_asked := (service.questions_by_element.keys() & answers) - set(asked):
        raise ElementNotAsked(field=field_of(min(not_asked)))
    return {element: service.questions_by_element[element] for element in asked}


def split(answers: Mapping[str, AnswerValue], questions: Mapping[str, Question]) -> SplitAnswers:
    """Return the answers that the service declares open, and the others, which will be sealed."""
    opened = {element: value for element, value in answers.items() if questions[element].open}
    sealed = {element: value for element, value in answers.items() if element not in opened}
    return SplitAnswers(opened, sealed or None)


def is_text(value: object, longest: int = LONGEST_PROSE) -> bool:
    """Return whether this is a text that is not blank and can be stored."""
    return isinstance(value, str) and bool(value.strip()) and len(value) <= longest and is_storable(value)


_EXPECTED = {
    "text": f"a text that is not empty, of at most {LONGEST_PROSE} characters",
    "number": "a whole number of at most 15 digits, or a decimal number as text",
    "date": "a date as YYYY-MM-DD",
    "choice": "one of the choices",
    "boolean": "true or false",
}


def _is_of_type(value: object, question: Question) -> bool:
    match question.type:
        case "text":
            return is_text(value)
        case "number":
            if isinstance(value, int):
                return not isinstance(value, bool) and abs(value) <= LARGEST_NUMBER
            return isinstance(value, str) and _DECIMAL.fullmatch(value) is not None
        case "date":
            return isinstance(value, str) and _is_date(value)
        case "choice":
            return isinstance(value, str) and value in question.choices
        case "boolean":
            return isinstance(value, bool)
        case _:
            assert_never(question.type)


def _is_date(text: str) -> bool:
    if _DATE.fullmatch(text) is None:
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
