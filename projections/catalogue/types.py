"""What readers of the catalogue receive."""

from domain.agency.events import DeskOfAgency
from domain.service.definition import ServiceDefinition
from projections.dates import RowDate
from projections.instants import RowInstant
from projections.view_type import ViewType


class CatalogueAgency(ViewType):
    """A competent public authority.

    Attributes:
        desk_limits: desk -> open cases that an official may have there at a time.
        stand_ins: desk -> the desk of another agency that takes over the cases that too few can take there.
        calendar: the calendar by which the terms of its new cases are counted; null: Monday to Friday are worked.
    """

    slug: str
    name: dict[str, str]
    time_zone: str
    desks: list[str]
    desk_limits: dict[str, int]
    stand_ins: dict[str, DeskOfAgency]
    calendar: str | None


class Duty(ViewType):
    """What a version owes because the register has changed: another version, published by a day.

    `kind` is `held_elements_asked` (a resource answers what it asks applicants for) or `evidence_source_lost` (it needs
    what nobody answers any more).
    """

    kind: str
    resource: str
    elements: list[str]
    publish_by: RowDate
    noted_at: RowInstant


class CatalogueService(ViewType):
    """One version of a service.

    Attributes:
        published: the version that may be asked for, if there is one: of the published versions whose first day has
            come, the last one, unless its last day is over or the service was withdrawn.
        valid_from, valid_to: the version's first and last day at the agency; null: from its publication, without end.
        duties: what the version owes, until a later one is published or the service is withdrawn.
    """

    slug: str
    agency: str
    published: int | None
    version: int
    status: str
    drafted_at: RowInstant
    published_at: RowInstant | None
    ended_at: RowInstant | None
    valid_from: RowDate | None
    valid_to: RowDate | None
    duties: list[Duty]
    definition: ServiceDefinition
