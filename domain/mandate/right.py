"""Says whether a mandate lets its receiver act in a case. It is asked at every use, so a revocation holds at once."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from domain.mandate.content import MandateContent
from domain.mandate.refusals import MandateNotAccepted, MandateNotForThis, MandateNotInForce, MandateOver
from domain.mandate.state import MandateState, MandateStatus


class Use(NamedTuple):
    """What somebody wants to act in: a case about a service (None: a new one), today in the case's time zone."""

    service: str
    case_id: UUID | None
    day: date


def check_right(mandate: MandateState, content: MandateContent, use: Use) -> None:
    """Check that whoever has accepted the mandate may act by it.

    Raises:
        MandateOver, MandateNotAccepted, MandateNotInForce, MandateNotForThis: as their docstrings say.
    """
    if mandate.is_over or use.day > content.last_day:
        raise MandateOver
    if mandate.status is not MandateStatus.ACCEPTED:
        raise MandateNotAccepted
    if use.day < content.first_day:
        raise MandateNotInForce
    if not content.covers(use.service, use.case_id):
        raise MandateNotForThis
