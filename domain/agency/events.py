"""What happens to an agency."""

from typing import ClassVar, TypeAlias

from domain.event import Event
from domain.values import Slug, Text, TimeZone


class AgencyRegistered(Event):
    """A public body has become an agency of the window."""

    topic: ClassVar[str] = "agency.registered"

    slug: Slug
    name: Text
    time_zone: TimeZone
    desks: tuple[Slug, ...]


AgencyEvent: TypeAlias = AgencyRegistered
