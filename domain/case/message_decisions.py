"""Decides the commands about messages of a case: both sides may write at any open stage."""

from datetime import timedelta
from typing import Final, assert_never

from domain.case.message_commands import MessageCommand, ReportContact, SendMessage, TakeBackMessage
from domain.case.message_events import ContactReported, MessageSent, MessageTakenBack, Side
from domain.case.message_state import Message
from domain.case.refusals import (
    ApplicantErased,
    FormAndWords,
    FormNotOffered,
    MessageAlreadyShown,
    MessageAlreadyTakenBack,
    MessageUnknown,
    NotASideOfTheCase,
    NotTheSender,
    TooManyMessages,
)
from domain.case.rules import can_be_sealed, case_is_open
from domain.case.state import CaseState
from domain.event import Event

SHOWN_AFTER: Final = timedelta(seconds=90)
TAKEN_BACK_WITHIN: Final = timedelta(seconds=60)
"""The rest of the time is for a request that was sent in time and is stored late: nobody sees what is taken back."""
MOST_A_DAY: Final = 20
"""How many messages a side sends on one day, since each is kept for ever."""


def decide_message(command: MessageCommand, case: CaseState) -> Event:
    """Return the event that the command leads to.

    Raises:
        Refusal: the rule that forbids it.
    """
    side = side_of(command, case)
    match command:
        case SendMessage():
            return _sent(command, case, side)
        case TakeBackMessage():
            return _taken_back(command, case, side)
        case ReportContact():
            return _reported(command, case, side)
        case _:
            assert_never(command)


def side_of(command: MessageCommand, case: CaseState) -> Side:
    """Return the side of the case on which the actor is.

    Raises:
        NotASideOfTheCase: the actor is neither the applicant, or who represents them, nor the assigned official.
    """
    actor = command.actor
    if case.speaks_for_the_applicant(actor):
        return "applicant"
    if actor.role == "official" and actor.pseudonym == case.official:
        return "official"
    raise NotASideOfTheCase


def _sent(command: SendMessage, case: CaseState, side: Side) -> MessageSent:
    case_is_open(command, case)
    if (command.form is None) == (command.words is None):
        raise FormAndWords(field="words")
    if command.form is not None and (command.form, side) not in {
        (form.name, form.by) for form in command.service.message_forms
    }:
        raise FormNotOffered(field="form")
    if command.words is not None:
        can_be_sealed(command.words, "words", case)
    if case.applicant_is_erased:
        raise ApplicantErased(field="form")
    if case.messages.sent_on(command.local_date, side) >= MOST_A_DAY:
        raise TooManyMessages
    return MessageSent(
        number=len(case.messages.sent) + 1,
        side=side,
        local_date=command.local_date,
        shown_from=command.at + SHOWN_AFTER,
        form=command.form,
        words=command.words,
    )


def _taken_back(command: TakeBackMessage, case: CaseState, side: Side) -> MessageTakenBack:
    message = _known(command.number, case, "number")
    if message.side != side:
        raise NotTheSender(field="number")
    if message.taken_back:
        raise MessageAlreadyTakenBack(field="number")
    if command.at > message.shown_from - SHOWN_AFTER + TAKEN_BACK_WITHIN:
        raise MessageAlreadyShown(field="number")
    return MessageTakenBack(number=command.number)


def _reported(command: ReportContact, case: CaseState, side: Side) -> ContactReported:
    if command.message is not None:
        message = _known(command.message, case, "message")
        if message.side == side or message.taken_back or command.at < message.shown_from:
            raise MessageUnknown(field="message")
    can_be_sealed(command.statement, "statement", case)
    return ContactReported(side=side, message=command.message, statement=command.statement)


def _known(number: int, case: CaseState, field: str) -> Message:
    message = case.messages.message(number)
    if message is None:
        raise MessageUnknown(field=field)
    return message
