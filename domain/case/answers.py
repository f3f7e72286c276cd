"""Whether answers fit what a service asks, and which of them are open."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from domain.case.refusals import AnswerMissing, AnswerNotAsked, AnswerOfWrongType
from domain.service.definition import Question, ServiceDefinition
from domain.values import AnswerValue

_LONGEST = 10_000

Answers = dict[str, AnswerValue]


def checked_answers(
    service: ServiceDefinition, answers: Mapping[str, AnswerValue], wanted: Iterable[str] | None = None
) -> tuple[Answers, Answers]:
    """Return the open answers and those to seal.

    Args:
        service: what asks.
        answers: element -> answer.
        wanted: the elements that are asked for now; None means all, and the required ones must be there.

    Raises:
        AnswerNotAsked, AnswerMissing, AnswerOfWrongType: with the element in the field's name, never the answer.
    """
    questions = {question.element: question for question in service.questions}
    asked = set(questions) if wanted is None else set(wanted)
    for element in answers:
        if element not in asked:
            raise AnswerNotAsked(field=f"answers.{element}")
    for element, question in questions.items():
        if element in asked and element not in answers and (wanted is not None or question.required):
            raise AnswerMissing(field=f"answers.{element}")
    opened, to_seal = Answers(), Answers()
    for element, answer in answers.items():
        question = questions[element]
        if not _fits(question, answer):
            raise AnswerOfWrongType(field=f"answers.{element}")
        (opened if question.open else to_seal)[element] = answer
    return opened, to_seal


def _fits(question: Question, answer: AnswerValue) -> bool:
    if question.type == "boolean":
        return isinstance(answer, bool)
    if question.type == "number":
        return isinstance(answer, int | str) and not isinstance(answer, bool) and _is_number(answer)
    if not isinstance(answer, str) or not answer.strip() or len(answer) > _LONGEST:
        return False
    if question.type == "date":
        return _is_date(answer)
    return question.type == "text" or answer in {choice.value for choice in question.choices}


def _is_number(answer: int | str) -> bool:
    try:
        return Decimal(answer).is_finite()
    except InvalidOperation:
        return False


def _is_date(answer: str) -> bool:
    try:
        return date.fromisoformat(answer).isoformat() == answer
    except ValueError:
        return False
