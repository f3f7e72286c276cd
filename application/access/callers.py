"""The caller, as a verified token names them."""

from enum import StrEnum
from typing import NamedTuple


class Role(StrEnum):
    """The part that a caller plays."""

    CITIZEN = "citizen"
    OFFICIAL = "official"
    AGENCY = "agency"
    COORDINATOR = "coordinator"
    AUDITOR = "auditor"
    ANYONE = "anyone"


class Caller(NamedTuple):
    """A person or system: identified by issuer and subject together, never by the subject alone.

    `desks` are the desks that an official sits at; None means every desk of the agency. `expires_at` is the moment,
    in seconds since 1970, from which on the token is refused; None when there is no token. `identifiers` (element and
    value) are how registers know a citizen, as the login says; `organisations` are those for which the law lets the
    citizen act, as it says too.
    """

    issuer: str
    subject: str
    role: Role
    agency: str | None = None
    desks: frozenset[str] | None = None
    expires_at: float | None = None
    identifiers: tuple[tuple[str, str], ...] = ()
    organisations: tuple[tuple[str, str], ...] = ()

    def sits_at(self, agency: str, desk: str) -> bool:
        """Return whether the caller belongs to that agency and sits at that desk."""
        return self.agency == agency and (self.desks is None or desk in self.desks)

    def __repr__(self) -> str:
        """Show only the role: the subject is personal data and must not reach a log."""
        return f"Caller(role={self.role.value})"


ANYONE = Caller("", "", Role.ANYONE)
