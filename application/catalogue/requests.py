"""What the coordinator sends about an agency or a service."""

from datetime import date
from typing import Annotated

from pydantic import Field

from application.request_document import RequestDocument, TrimmedLine, VersionNumber
from domain.agency.events import DeskLimit
from domain.service.definition import ServiceDefinition
from domain.values import Slug, Text

DeskLimits = Annotated[dict[Slug, DeskLimit], Field(max_length=200)]


class AgencyDescription(RequestDocument):
    """An agency; its short name is in the address. `deskLimits`: desk -> open cases that an official may have there."""

    slug: Slug | None = None
    name: Text
    time_zone: TrimmedLine
    desks: tuple[Slug, ...]
    desk_limits: DeskLimits = Field(default_factory=dict)


class AgencyEntry(AgencyDescription):
    """An agency with its short name."""

    slug: Slug


class ServiceDraft(RequestDocument):
    """A new version of a service."""

    definition: ServiceDefinition


class ServicePublication(RequestDocument):
    """Which drafted version of the service is published, and from when to when it holds: from today if not said."""

    version: VersionNumber
    valid_from: date | None = None
    valid_to: date | None = None


class ServiceWithdrawal(RequestDocument):
    """Withdrawing needs no members."""
