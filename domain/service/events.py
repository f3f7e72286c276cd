"""What happens to a service."""

from typing import ClassVar, TypeAlias

from domain.event import Event
from domain.service.definition import ServiceDefinition
from domain.values import Number


class ServiceDrafted(Event):
    """A version was written; nobody can ask for it yet."""

    topic: ClassVar[str] = "service.drafted"

    version: Number
    definition: ServiceDefinition


class ServicePublished(Event):
    """A version can be asked for."""

    topic: ClassVar[str] = "service.published"

    version: Number


class ServiceSuperseded(Event):
    """A published version gave way to another; cases that pinned it go on by it."""

    topic: ClassVar[str] = "service.superseded"

    version: Number
    by: Number


class ServiceWithdrawn(Event):
    """The published version can no longer be asked for; cases that pinned it go on by it."""

    topic: ClassVar[str] = "service.withdrawn"

    version: Number


ServiceEvent: TypeAlias = ServiceDrafted | ServicePublished | ServiceSuperseded | ServiceWithdrawn
