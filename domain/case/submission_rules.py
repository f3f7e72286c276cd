"""The rules of a submission, each a function named as what it demands."""

from domain.case.answers import check_answers
from domain.case.commands import SubmitCase
from domain.case.refusals import (
    ChannelNotOffered,
    ImportCarriesNoAnswers,
    LanguageNotOffered,
    LastDayIsCounted,
    NotTheApplicant,
)


def asked_for_by_the_applicant(command: SubmitCase) -> None:
    """A request is the applicant's own, or made by a representative, whose mandate the door has seen."""
    if command.actor.role == "representative" or command.origin == "import":
        return
    if command.actor.role != "applicant" or command.actor.pseudonym != command.applicant:
        raise NotTheApplicant


def offered_in_this_channel(command: SubmitCase) -> None:
    """The service says through which doors it can be asked for; an import tells through which it was."""
    if command.origin != "import" and command.channel not in command.service.definition.channels:
        raise ChannelNotOffered(field="channel")


def offered_in_this_language(command: SubmitCase) -> None:
    """The service says in which languages it can be asked for; an import tells in which it was."""
    if command.origin != "import" and command.language not in command.service.definition.languages:
        raise LanguageNotOffered(field="language")


def last_day_is_counted(command: SubmitCase) -> None:
    """The law's term makes the last day; an import tells which it was."""
    if command.origin != "import" and command.last_day is not None:
        raise LastDayIsCounted(field="lastDay")


def answers_are_complete(command: SubmitCase) -> None:
    """The service gets the answers that it asks for, and no other; an import brings none."""
    if command.origin != "import":
        check_answers(command.answers, command.service.definition.questions_by_element)
    elif command.answers:
        raise ImportCarriesNoAnswers(field="answers")


SUBMISSION_RULES = (
    asked_for_by_the_applicant,
    offered_in_this_channel,
    offered_in_this_language,
    last_day_is_counted,
    answers_are_complete,
)
