"""The commands of a mandate. Each has its time and its actor; a repr hides what is to be sealed."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from domain.envelope import Actor
from domain.mandate.content import MandateContent


@dataclass(frozen=True, slots=True)
class GiveMandate:
    """Offer somebody the right to act for the actor."""

    at: datetime
    actor: Actor
    content: MandateContent = field(repr=False)


@dataclass(frozen=True, slots=True)
class AcceptMandate:
    """Accept it. The application has checked that the actor's login names them as the mandate does."""

    at: datetime
    actor: Actor


@dataclass(frozen=True, slots=True)
class DeclineMandate:
    """Refuse it; checked as for `AcceptMandate`."""

    at: datetime
    actor: Actor


@dataclass(frozen=True, slots=True)
class RevokeMandate:
    """End it: by the giver, by the receiver, or by the window because one of them is erased."""

    at: datetime
    actor: Actor


Command: TypeAlias = GiveMandate | AcceptMandate | DeclineMandate | RevokeMandate
