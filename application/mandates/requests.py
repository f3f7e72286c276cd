"""What people send about mandates."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from application.request_document import RequestDocument
from domain.mandate.content import LONGEST_NAME, Identifier
from domain.values import SAYS_SOMETHING, Element, Slug

MOST = 50
"""How many services, and how many cases, a mandate names at most."""


class NamedBy(RequestDocument):
    """By which data element and value a login names a person or an organisation."""

    element: Element
    value: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME, pattern=SAYS_SOMETHING)
    ]

    @property
    def identifier(self) -> Identifier:
        """The same as the domain knows it."""
        return Identifier(element=self.element, value=self.value)


class MandateToGive(RequestDocument):
    """Whom the mandate is offered to, for which services or cases, and from which day to which, both included.

    An organisation gives it if `organisation` names one that the login proves; otherwise the caller does.
    """

    receiver: NamedBy
    services: Annotated[tuple[Slug, ...], Field(max_length=MOST)] = ()
    cases: Annotated[tuple[UUID, ...], Field(max_length=MOST)] = ()
    first_day: date
    last_day: date
    organisation: NamedBy | None = None


class Representation(RequestDocument):
    """By what the caller acts for the applicant of a case: a mandate, or the login that proves the organisation."""

    mandate: UUID | None = None
    organisation: NamedBy | None = None
