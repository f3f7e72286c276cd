"""What a mandate says: who gives it to whom, for what, from when to when. It is stored under a seal only."""

from datetime import date
from typing import Annotated, Final
from uuid import UUID

from pydantic import StringConstraints

from domain.values import SAYS_SOMETHING, Element, Party, Slug, Value

LONGEST_NAME: Final = 255
"""The most characters of an identifier's value: what a login may say."""


class Identifier(Value):
    """How a register knows somebody: a data element, and its value."""

    element: Element
    value: Annotated[str, StringConstraints(pattern=SAYS_SOMETHING, max_length=LONGEST_NAME)]

    def names_the_same_as(self, other: "Identifier") -> bool:
        """Return whether both are the same element with the same value, however it is spelt."""
        return self.element == other.element and plain(self.value) == plain(other.value)


class MandateContent(Value):
    """What a mandate says.

    Attributes:
        party: what the giver is.
        givers: by what the giver's login names them.
        receiver: by what the login of whoever may accept it must name them.
        services: it is for every case of the giver's about these services.
        cases: it is for these cases of the giver's.
        first_day, last_day: the days on which it is in force, both included, as the calendar of each case shows them.
    """

    party: Party
    givers: tuple[Identifier, ...]
    receiver: Identifier
    services: tuple[Slug, ...]
    cases: tuple[UUID, ...]
    first_day: date
    last_day: date

    def covers(self, service: str, case_id: UUID | None) -> bool:
        """Return whether it is for this case about that service; None: one that is still to be submitted."""
        return service in self.services or case_id in self.cases


def plain(value: str) -> str:
    """Return the spelling of an identifier's value by which two are compared."""
    return value.strip().casefold()
