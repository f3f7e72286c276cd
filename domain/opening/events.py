"""What happens to an opening. Each has a stream of its own beside its case, so that the case's versions show nothing.

The auditors have pseudonyms of this one opening. Reasons are sealed under the applicant's key: auditors read them at
once, the applicant when the seal of the opening expires.
"""

from typing import ClassVar, Final, Literal, TypeAlias
from uuid import UUID

from domain.case.events import SealedText
from domain.event import Event
from domain.values import Instant, Number, Pseudonym

Looked: TypeAlias = Literal["identities", "case"]
"""What one of the two auditors has read: the identities, or the case as any auditor can read it."""


class OpeningAsked(Event):
    """An auditor has asked to open the identities in a case.

    The identities can be read before `until`, once a second auditor agrees, which must be before `lapses_at`. The
    applicant is told nothing before `sealed_until`, and everything from then on.
    """

    topic: ClassVar[str] = "identities.opening_asked"

    case_id: UUID
    number: Number
    auditor: Pseudonym
    until: Instant
    sealed_until: Instant
    lapses_at: Instant
    reason: SealedText = None


class IdentitiesOpened(Event):
    """A second auditor has agreed: both may read who the applicant is, and who acts for them."""

    topic: ClassVar[str] = "identities.opened"

    case_id: UUID
    auditor: Pseudonym
    reason: SealedText = None


class OpeningDropped(Event):
    """The auditor who had asked has taken the opening back; nobody reads the identities by it any more."""

    topic: ClassVar[str] = "identities.opening_dropped"

    case_id: UUID


class OpeningLookRecorded(Event):
    """One of the two auditors has read the identities, or the case while the opening was sealed.

    One event stands for all such reads in one hour; `hour` is its beginning. Without an opening a read of the case is
    a `look.recorded`, which the applicant is shown at once.
    """

    topic: ClassVar[str] = "identities.look_recorded"

    case_id: UUID
    auditor: Pseudonym
    looked_at: Looked
    hour: Instant


OPENING_EVENTS: Final[tuple[type[Event], ...]] = (OpeningAsked, IdentitiesOpened, OpeningDropped, OpeningLookRecorded)
