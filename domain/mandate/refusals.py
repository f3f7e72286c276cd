"""The refusals of a mandate's commands, and of its use."""

from domain.refusals import InvalidInput, Refusal


class MandateAlreadyAccepted(Refusal):
    """The mandate was accepted already."""


class MandateAlreadyGiven(Refusal):
    """The mandate was given already."""


class MandateBackwards(InvalidInput):
    """A mandate ends on the day it begins, or later."""


class MandateForNothing(InvalidInput):
    """A mandate is for some services, or for some cases."""


class MandateNotAccepted(Refusal):
    """Nobody has accepted the mandate, so nobody can act by it."""


class MandateNotForThis(Refusal):
    """The mandate is not for this case, and not for cases of this service."""


class MandateNotGiven(Refusal):
    """There is no such mandate."""


class MandateNotInForce(Refusal):
    """The mandate is not in force yet: its first day has not come."""


class MandateOver(Refusal):
    """The mandate is over: it was declined or revoked, or its last day has passed."""


class MandateToOneself(InvalidInput):
    """Nobody needs a mandate to act for themselves."""


class NotAPartyOfTheMandate(Refusal):
    """Only who has given a mandate, and who has accepted it, may end it."""
