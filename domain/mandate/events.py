"""What happens to a mandate. The open parts tell nobody who gives it, to whom, for what, or until when.

Giver and receiver have a pseudonym each, which is of this one mandate.
"""

from typing import Annotated, ClassVar, Literal

from domain.event import SEALED, Event
from domain.mandate.content import MandateContent
from domain.values import Pseudonym


class MandateGiven(Event):
    """Somebody has offered another the right to act for them. What it says is sealed under the giver's key."""

    topic: ClassVar[str] = "mandate.given"

    giver: Pseudonym
    content: Annotated[MandateContent | None, SEALED] = None


class MandateAccepted(Event):
    """Whom it was offered to has accepted it, and may act from now on."""

    topic: ClassVar[str] = "mandate.accepted"

    receiver: Pseudonym


class MandateDeclined(Event):
    """Whom it was offered to does not want it; the event's actor is a pseudonym that is never used again."""

    topic: ClassVar[str] = "mandate.declined"


class MandateRevoked(Event):
    """The mandate is over: the giver has taken it back, the receiver has given it back, or one of them was erased."""

    topic: ClassVar[str] = "mandate.revoked"

    why: Literal["taken_back", "given_back", "erased"]
