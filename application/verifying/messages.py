"""Turns the events about a case's messages back into the commands that led to them."""

from application.verifying.occurrence import IllegalEventError, Occurrence, local_day
from application.verifying.sealed_words import words_of
from domain.case.message_commands import MessageCommand, ReportContact, SendMessage, TakeBackMessage
from domain.case.message_events import ContactReported, MessageSent, MessageTakenBack
from domain.service.definition import ServiceDefinition


def message_command(one: Occurrence, service: ServiceDefinition) -> MessageCommand:
    """Return the command that must have led to this event, in a case with that version of its service.

    Raises:
        IllegalEventError: the event is not about messages, or seals a form of a side that is offered none.
    """
    event, at = one.event, one.envelope.occurred_at
    actor, origin = one.envelope.actor, one.envelope.origin
    match event:
        case MessageSent():
            form = _some_form(one, event, service)
            local_date = local_day(one, event.local_date)
            return SendMessage(at, local_date, actor, service, form, words_of(one, "words"), origin)
        case MessageTakenBack():
            return TakeBackMessage(at, actor, event.number, origin)
        case ContactReported():
            return ReportContact(at, actor, words_of(one, "statement") or "", event.message, origin)
        case _:
            raise IllegalEventError(f"a {event.topic} does not happen to a case")


def _some_form(one: Occurrence, event: MessageSent, service: ServiceDefinition) -> str | None:
    """Return a form that the side is offered, in place of the sealed one; None if none is sealed."""
    if words_of(one, "form") is None:
        return None
    offered = next((form.name for form in service.message_forms if form.by == event.side), None)
    if offered is None:
        raise IllegalEventError("it has a form, and the service offers none to that side")
    return offered
