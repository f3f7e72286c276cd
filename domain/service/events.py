"""What happens to a service."""

from typing import Annotated, ClassVar, TypeAlias

from pydantic import Field

from domain.event import Event
from domain.service.definition import ServiceDefinition

VersionNumber: TypeAlias = Annotated[int, Field(ge=1)]


class ServiceDrafted(Event):
    """A version was written; nobody can ask for it yet."""

    topic: ClassVar[str] = "service.drafted"

    version: VersionNumber
    definition: ServiceDefinition


class ServicePublished(Event):
    """A version can be asked for."""

    topic: ClassVar[str] = "service.published"

    version: VersionNumber


class ServiceSuperseded(Event):
    """A published version gave way to another; cases that pinned it go on by it."""

    topic: ClassVar[str] = "service.superseded"

    version: VersionNumber
    by: VersionNumber


class ServiceWithdrawn(Event):
    """The published version can no longer be asked for; cases that pinned it go on by it."""

    topic: ClassVar[str] = "service.withdrawn"

    version: VersionNumber


ServiceEvent: TypeAlias = ServiceDrafted | ServicePublished | ServiceSuperseded | ServiceWithdrawn
