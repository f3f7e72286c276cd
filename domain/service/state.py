"""The state of a service after its events."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from domain.event import Event, UnknownEventError
from domain.service.definition import PublishedService, ServiceDefinition
from domain.service.events import (
    EvidenceSourceLost,
    HeldElementsAsked,
    ServiceDrafted,
    ServicePublished,
    ServiceSuperseded,
    ServiceWithdrawn,
)
from domain.service.refusals import ServiceNotInForce, ServiceNotPublished


class VersionStatus(StrEnum):
    """What may be done with a version."""

    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class ServiceVersion(NamedTuple):
    """One version: its definition never changes, its status does.

    It holds from one day (None: its publication) to another (None: without an end), and no longer once a later version
    has begun. `replaces` is the version that was published before it.
    """

    definition: ServiceDefinition
    status: VersionStatus
    valid_from: date | None = None
    valid_to: date | None = None
    replaces: int | None = None


@dataclass(frozen=True, slots=True)
class ServiceState:
    """A service: its versions, numbered from 1, and the number of the one that was published last.

    `told_held` are the elements about which its agency was told that the state holds them, `told_lost` those that no
    resource answers any more; both are about the version that was published last.
    """

    slug: str
    agency: str
    versions: Mapping[int, ServiceVersion]
    published_version: int | None = None
    told_held: frozenset[str] = frozenset()
    told_lost: frozenset[str] = frozenset()

    @property
    def published(self) -> PublishedService:
        """Return the version that was published last, whatever the day.

        Raises:
            ServiceNotPublished: there is none.
        """
        if self.published_version is None:
            raise ServiceNotPublished(field="service")
        return PublishedService(self.versions[self.published_version].definition, self.published_version)

    def in_force(self, day: date) -> PublishedService:
        """Return the version that holds on a local day of the agency: the last one published that has begun.

        Raises:
            ServiceNotPublished: no version is published.
            ServiceNotInForce: none of those that are holds on that day.
        """
        number: int | None = self.published.version
        while number is not None:
            version = self.versions[number]
            if version.valid_from is None or version.valid_from <= day:
                if version.valid_to is not None and version.valid_to < day:
                    break
                return PublishedService(version.definition, number)
            number = version.replaces
        raise ServiceNotInForce(field="service")


def evolve(state: ServiceState | None, event: Event) -> ServiceState:  # noqa: PLR0911 - a table of the events
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
            return _published(state, event)
        case ServiceSuperseded():
            return replace(state, versions=_with_status(state, event.version, VersionStatus.SUPERSEDED))
        case ServiceWithdrawn():
            versions = _with_status(state, event.version, VersionStatus.WITHDRAWN)
            return replace(state, versions=versions, published_version=None)
        case HeldElementsAsked():
            return replace(state, told_held=state.told_held.union(event.elements))
        case EvidenceSourceLost():
            return replace(state, told_lost=state.told_lost.union(event.elements))
        case _:
            raise UnknownEventError(event)


def _published(state: ServiceState, event: ServicePublished) -> ServiceState:
    version = state.versions[event.version]._replace(
        status=VersionStatus.PUBLISHED,
        valid_from=event.valid_from,
        valid_to=event.valid_to,
        replaces=state.published_version,
    )
    return replace(
        state,
        versions={**state.versions, event.version: version},
        published_version=event.version,
        told_held=frozenset(),
        told_lost=frozenset(),
    )


def _with_status(state: ServiceState, version: int, status: VersionStatus) -> Mapping[int, ServiceVersion]:
    return {**state.versions, version: state.versions[version]._replace(status=status)}
