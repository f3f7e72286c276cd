"""The rules of a submission; each is a function whose name says what it demands."""

from domain.case.answers import check_answers
from domain.case.commands import SubmitCase
from domain.case.refusals import (
    ChannelNotOffered,
    ImportCarriesNoAnswers,
    LanguageNotOffered,
    LastDayIsCounted,
    MandateMissing,
    NotTheApplicant,
)
from domain.service.refusals import ServiceIsALifeEvent


def asked_for_by_the_applicant(command: SubmitCase) -> None:
    """The applicant makes the request, or a representative. An organisation has nobody but representatives."""
    if command.origin == "import":
        return
    actor = command.actor
    is_applicant = actor.pseudonym == command.applicant
    if actor.role == "representative" and not is_applicant:
        if command.mandate is None and command.party != "organisation":
            raise MandateMissing(field="mandate")
        return
    if actor.role != "applicant" or not is_applicant or command.party == "organisation":
        raise NotTheApplicant


def for_one_service(command: SubmitCase) -> None:
    """A case is about one service. A life event has none of its own: the services that it opens have theirs."""
    if command.service.definition.opens:
        raise ServiceIsALifeEvent(field="service")


def offered_in_this_channel(command: SubmitCase) -> None:
    """The service defines its channels. An import states the channel that was used."""
    if command.origin != "import" and command.channel not in command.service.definition.channels:
        raise ChannelNotOffered(field="service")  # the window says the channel, not the request


def offered_in_this_language(command: SubmitCase) -> None:
    """The service defines its languages. An import states the language that was used."""
    if command.origin != "import" and command.language not in command.service.definition.languages:
        raise LanguageNotOffered(field="language")


def last_day_is_counted(command: SubmitCase) -> None:
    """The last day is counted from the legal term. An import states its own."""
    if command.origin != "import" and command.last_day is not None:
        raise LastDayIsCounted(field="lastDay")


def answers_are_complete(command: SubmitCase) -> None:
    """The request has the answers that the service asks for, and no others. An import has none."""
    if command.origin != "import":
        check_answers(command.answers, command.service.definition.questions_by_element)
    elif command.answers:
        raise ImportCarriesNoAnswers(field="answers")


SUBMISSION_RULES = (
    asked_for_by_the_applicant,
    for_one_service,
    offered_in_this_channel,
    offered_in_this_language,
    last_day_is_counted,
    answers_are_complete,
)
