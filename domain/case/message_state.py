"""The messages of a case after its events: who sent each, from when it is shown, and whether it was taken back."""

from datetime import date, datetime
from typing import NamedTuple

from domain.case.message_events import ContactReported, MessageSent, MessageTakenBack, Side
from domain.event import Event, UnknownEventError


class Message(NamedTuple):
    """A message, without its words."""

    side: Side
    local_date: date
    shown_from: datetime
    taken_back: bool = False


class MessagesOfCase(NamedTuple):
    """All messages, numbered from 1, and how often a contact was reported."""

    sent: tuple[Message, ...] = ()
    reports: int = 0

    def message(self, number: int) -> Message | None:
        """Return the message of that number; None if there is none."""
        return self.sent[number - 1] if 0 < number <= len(self.sent) else None

    def sent_on(self, day: date, side: Side) -> int:
        """Return how many messages the side has sent on that day, those included that it has taken back."""
        return sum(message.local_date == day and message.side == side for message in self.sent)


NO_MESSAGES = MessagesOfCase()


def evolve_messages(messages: MessagesOfCase, event: Event) -> MessagesOfCase:
    """Return the messages after one more event.

    Raises:
        UnknownEventError: the event is not about messages.
    """
    match event:
        case MessageSent():
            sent = Message(event.side, event.local_date, event.shown_from)
            return messages._replace(sent=(*messages.sent, sent))
        case MessageTakenBack():
            place = event.number - 1
            taken_back = messages.sent[place]._replace(taken_back=True)
            return messages._replace(sent=(*messages.sent[:place], taken_back, *messages.sent[place + 1 :]))
        case ContactReported():
            return messages._replace(reports=messages.reports + 1)
        case _:
            raise UnknownEventError(event)
