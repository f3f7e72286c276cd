"""Organisations: persons of the vault who have no login of their own, and act through those whose login proves them."""

from typing import Final, NamedTuple

from application.access.callers import Caller
from domain.mandate.content import Identifier
from domain.refusals import Refusal

_ISSUER: Final = "pencere:organisation"


class OrganisationNotProved(Refusal):
    """The login does not prove that the caller may act for this organisation."""


class Person(NamedTuple):
    """A person as the vault knows them: by issuer and subject."""

    issuer: str
    subject: str

    def __repr__(self) -> str:
        """Show nothing: both are personal data."""
        return "Person()"


def as_person(organisation: Identifier) -> Person:
    """Return the organisation as the vault knows it."""
    return Person(_ISSUER, f"{organisation.element}={organisation.value}")


def themselves(caller: Caller) -> Person:
    """Return the caller as the vault knows them."""
    return Person(caller.issuer, caller.subject)


def proved(caller: Caller) -> list[Person]:
    """Return the organisations for which the caller's login lets them act."""
    return [as_person(Identifier(element=element, value=value)) for element, value in caller.organisations]


def check_proved(caller: Caller, organisation: Identifier) -> None:
    """Check that the caller's login lets them act for the organisation.

    Raises:
        OrganisationNotProved: it does not.
    """
    if (organisation.element, organisation.value) not in caller.organisations:
        raise OrganisationNotProved(field="organisation")
