"""Who acts for the applicant of a case, as events of the case."""

from typing import Annotated, ClassVar, Final, Literal

from domain.event import SEALED, Event
from domain.values import Pseudonym


class RepresentativeAdded(Event):
    """Somebody acts for the applicant: by the mandate that is named under the seal, or by what their login proves."""

    topic: ClassVar[str] = "case.representative_added"

    representative: Pseudonym
    mandate: Annotated[Pseudonym | None, SEALED] = None


class RepresentativeRemoved(Event):
    """Somebody acts for the applicant no longer: they have left the case, or the right by which they acted is over."""

    topic: ClassVar[str] = "case.representative_removed"

    representative: Pseudonym
    why: Literal["left", "right_over"]


REPRESENTATION_EVENTS: Final[tuple[type[Event], ...]] = (RepresentativeAdded, RepresentativeRemoved)
