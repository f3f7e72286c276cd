"""What readers of the catalogue receive."""

from domain.service.definition import ServiceDefinition
from projections.instants import RowInstant
from projections.view_type import ViewType


class CatalogueAgency(ViewType):
    """A competent public authority; `desk_limits`: desk -> open cases that an official may have there at a time."""

    slug: str
    name: dict[str, str]
    time_zone: str
    desks: list[str]
    desk_limits: dict[str, int]


class CatalogueService(ViewType):
    """One version of a service; `published` is the version that may be asked for now, if there is one."""

    slug: str
    agency: str
    published: int | None
    version: int
    status: str
    drafted_at: RowInstant
    published_at: RowInstant | None
    ended_at: RowInstant | None
    definition: ServiceDefinition
