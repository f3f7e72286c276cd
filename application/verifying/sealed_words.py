"""What the judge puts in place of sealed words, which it cannot read, when it decides again."""

from typing import Final
from uuid import UUID

from application.verifying.occurrence import Occurrence
from domain.service.definition import EvidenceNeed, Question
from domain.values import AnswerValue

SOME_WORDS: Final = "…"
SOME_ID: Final = str(UUID(int=0))


def words_of(one: Occurrence, field: str) -> str | None:
    """Return some words in place of a sealed field, or None if the event has no such field."""
    return SOME_WORDS if field in one.sealed else None


def some_id_of(one: Occurrence, field: str) -> str | None:
    """Return some id in place of a sealed one, or None if the event has no such field."""
    return SOME_ID if field in one.sealed else None


def possible_answer(to: Question | EvidenceNeed | None) -> AnswerValue:
    """Return an answer that obeys the rules of what was asked; of something that nobody asked, some words."""
    match to.type if to else "text":
        case "number":
            return 0
        case "date":
            return "2000-01-01"
        case "choice":
            return to.choices[0] if to and to.choices else ""
        case "boolean":
            return True
        case _:
            return SOME_WORDS
