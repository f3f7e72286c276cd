"""What is known about an agency after its events."""

from dataclasses import dataclass

from domain.agency.events import AgencyRegistered
from domain.event import Event, UnknownEventError
from domain.values import Text


@dataclass(frozen=True, slots=True)
class AgencyState:
    """A competent public authority."""

    slug: str
    name: Text
    time_zone: str
    desks: tuple[str, ...]


def evolve(state: AgencyState | None, event: Event) -> AgencyState:
    """Return the agency after one more event.

    Raises:
        UnknownEventError: when the event does not belong here.
    """
    if state is None and isinstance(event, AgencyRegistered):
        return AgencyState(event.slug, event.name, event.time_zone, event.desks)
    raise UnknownEventError(event)
