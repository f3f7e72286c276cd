"""The refusals of an opening's commands."""

from domain.refusals import InvalidInput, Refusal


class AuditorIsParty(Refusal):
    """An auditor who is, or has been, a party to the case has no part in opening it."""


class FirstAuditorErased(Refusal):
    """The vault does not know any more who has asked for the opening, so nobody can be shown to be another person."""


class IdentitiesNotOpened(Refusal):
    """The identities in this case are not opened, or not for you, or not any more."""


class NotAnAuditor(Refusal):
    """Only auditors open identities."""


class NotTheFirstAuditor(Refusal):
    """Only the auditor who has asked for an opening may take it back."""


class OpeningAgreedAlready(Refusal):
    """Two auditors have opened the identities already."""


class OpeningAskedAlready(Refusal):
    """There is an opening of that number."""


class OpeningNotAsked(Refusal):
    """Nobody has asked for this opening."""


class OpeningOver(Refusal):
    """The opening is over: it was taken back, nobody agreed to it in time, or its time has passed."""


class OpeningTooLong(InvalidInput):
    """Identities are opened for 1 to 30 days."""


class ReasonTooLong(InvalidInput):
    """A reason has at most 2,000 characters."""


class ReasonTooShort(InvalidInput):
    """A reason has at least 20 characters."""


class SealTooLong(InvalidInput):
    """The applicant of an opened case is told after 180 days at the latest."""


class SecondAuditorIsTheFirst(Refusal):
    """The second auditor must be another person than the first."""
