"""The refusals of a desk's commands."""

from domain.refusals import InvalidInput, Refusal


class AbsenceBackwards(InvalidInput):
    """An absence ends on the day it begins, or later, and not in the past."""


class CaseDrawnForAlready(Refusal):
    """A draw for the case is under way."""


class ConflictUnknown(InvalidInput):
    """The seat has declared no such conflict, or it has ended."""


class DeskAlreadyOpened(Refusal):
    """The desk is one whose cases are drawn for already."""


class DeskNotOpened(Refusal):
    """The desk is not one whose cases are drawn for yet."""


class DeskNotOfTheAgency(InvalidInput):
    """The agency has no such desk."""


class DrawChainNotSigned(InvalidInput):
    """The chain is not signed with the keeper's key."""


class DrawChainNotKept(InvalidInput):
    """A chain's secret is kept in parts by all guardians whom the register's rules name, and by nobody else."""


class DrawChainOutOfTurn(Refusal):
    """A keeper's chains at a desk are numbered one after the other."""


class DrawChainTooLong(InvalidInput):
    """A chain is for a thousand draws at most."""


class DrawChainUsedUp(Refusal):
    """A keeper has no link left for this desk, or none has anchored a chain."""


class DrawListRepeats(InvalidInput):
    """Everybody who sits at the desk stands in a draw once: on its list or among the excluded."""


class DrawNotUnderWay(Refusal):
    """There is no such draw, or its official is drawn."""


class DrawOpeningsIncomplete(InvalidInput):
    """What opens each commitment of a draw is kept for auditors, and nothing else."""


class DrawShareNotOfTheChain(InvalidInput):
    """The link does not hash to the one that this keeper revealed before."""


class DrawShareOutOfTurn(Refusal):
    """A keeper reveals links in the order of the draws: a later link would tell the earlier ones."""


class GuardiansAreTwo(InvalidInput):
    """Two different guardians of the three give a secret back."""


class KeeperNotAwaited(Refusal):
    """The draw does not use a link of this keeper, or has it already."""


class KeeperNotLate(Refusal):
    """The keeper still has time to reveal its share itself."""


class KeeperNotNamed(Refusal):
    """The rules of the register name no such keeper."""


class NotAbsent(Refusal):
    """Who holds the seat is not away, and has not declared to be."""


class NotTheSeat(Refusal):
    """Only who holds a seat speaks for it."""


class SeatAlreadyTaken(Refusal):
    """This seat is or was held by somebody."""


class SeatUnknown(Refusal):
    """Nobody holds this seat now."""


class TooFewToDrawAmong(Refusal):
    """With fewer than three, anybody could guess who is drawn."""
