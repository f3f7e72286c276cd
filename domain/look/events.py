"""The event of a look. It is in a sibling stream of its case, so that reading does not change the case's version."""

from typing import ClassVar
from uuid import UUID

from domain.event import Event
from domain.values import Instant


class LookRecorded(Event):
    """Somebody has read a case; the actor says who, by a pseudonym of this case.

    One event stands for all reads of one reader in one hour; `hour` is its beginning.
    """

    topic: ClassVar[str] = "look.recorded"

    case_id: UUID
    hour: Instant
