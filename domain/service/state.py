"""The state of a service after its events."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from domain.event import Event, UnknownEventError
from domain.service.definition import PublishedService, ServiceDefinition
from domain.service.events import ServiceDrafted, ServicePublished, ServiceSuperseded, ServiceWithdrawn
from domain.service.refusals import ServiceNotPublished


class VersionStatus(StrEnum):
    """What may be done with a version."""

    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class ServiceVersion(NamedTuple):
    """One version: its definition never changes, its status does."""

    definition: ServiceDefinition
    status: VersionStatus


@dataclass(frozen=True, slots=True)
class ServiceState:
    """A service: its versions, numbered from 1, and the number of the published one."""

    slug: str
    agency: str
    versions: Mapping[int, ServiceVersion]
    published_version: int | None = None

    @property
    def published(self) -> PublishedService:
        """Return the published version.

        Raises:
            ServiceNotPublished: there is none.
        """
        if self.published_version is None:
            raise ServiceNotPublished(field="service")
        return PublishedService(self.versions[self.published_version].definition, self.published_version)


def evolve(state: ServiceState | None, event: Event) -> ServiceState:
    """Return the service after one more event.

    Raises:
        UnknownEventError: the event does not belong here.
    """
    if isinstance(event, ServiceDrafted):
        drafted = ServiceVersion(event.definition, VersionStatus.DRAFT)
        if state is None:
            return ServiceState(event.definition.slug, event.definition.agency, {event.version: drafted})
        return replace(state, versions={**state.versions, event.version: drafted})
    if state is None:
        raise UnknownEventError(event)
    match event:
        case ServicePublished():
            versions = _with_status(state, event.version, VersionStatus.PUBLISHED)
            return replace(state, versions=versions, published_version=event.version)
        case ServiceSuperseded():
            return replace(state, versions=_with_status(state, event.version, VersionStatus.SUPERSEDED))
        case ServiceWithdrawn():
            versions = _with_status(state, event.version, VersionStatus.WITHDRAWN)
            return replace(state, versions=versions, published_version=None)
        case _:
            raise UnknownEventError(event)


def _with_status(state: ServiceState, version: int, status: VersionStatus) -> Mapping[int, ServiceVersion]:
    return {**state.versions, version: state.versions[version]._replace(status=status)}
