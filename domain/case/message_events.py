"""Words between the two sides of a case, as events of the case (law 2)."""

from datetime import date
from typing import Annotated, ClassVar, Final, Literal, TypeAlias

from domain.case.events import SealedText
from domain.event import SEALED, Event
from domain.values import Instant, Number, Slug

Side: TypeAlias = Literal["applicant", "official"]
"""The side of a case; who represents the applicant is on the applicant's."""


class MessageSent(Event):
    """One side has written to the other, by a form that the service offers or in its own words.

    The other side is shown it from `shown_from` on, unless it was taken back. `local_date` is the day on which it was
    sent: a side sends so many a day.
    """

    topic: ClassVar[str] = "case.message_sent"

    number: Number
    side: Side
    local_date: date
    shown_from: Instant
    form: Annotated[Slug | None, SEALED] = None
    words: SealedText = None


class MessageTakenBack(Event):
    """The sender has taken a message back before anybody was shown it. Nobody else will be."""

    topic: ClassVar[str] = "case.message_taken_back"

    number: Number


class ContactReported(Event):
    """One side says that the other tried to meet it outside of the window: by a message, if it names one, or otherwise.

    Only the side that says so, and auditors, are shown the statement.
    """

    topic: ClassVar[str] = "case.contact_reported"

    side: Side
    message: Number | None
    statement: SealedText = None


MESSAGE_EVENTS: Final[tuple[type[Event], ...]] = (MessageSent, MessageTakenBack, ContactReported)
