"""The state of a service after its events."""

from collections.abc import Mapping, Sequence
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

    def has_begun(self, day: date) -> bool:
        """Return whether the version, once published, holds from this local day or from an earlier one."""
        return self.valid_from is None or self.valid_from <= day


class Told(NamedTuple):
    """That the agency knows: about this version, this resource and this element."""

    version: int
    resource: str
    element: str


@dataclass(frozen=True, slots=True)
class ServiceState:
    """A service: its versions, numbered from 1, and the number of the one that was published last.

    `told_held` has what its agency was told that a resource answers, and `told_lost` what it was told that a resource
    answers no longer: version, resource and element.
    """

    slug: str
    agency: str
    versions: Mapping[int, ServiceVersion]
    published_version: int | None = None
    told_held: frozenset[Told] = frozenset()
    told_lost: frozenset[Told] = frozenset()

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
        if self.published_version is None:
            raise ServiceNotPublished(field="service")
        offered = self.offered(day)
        if offered and self.versions[offered[-1].version].has_begun(day):
            return offered[-1]
        raise ServiceNotInForce(field="service")

    def may_be_opened(self, day: date) -> bool:
        """Return whether a life event may open the service: a version holds on that local day, and opens no others."""
        try:
            return not self.in_force(day).definition.opens
        except (ServiceNotPublished, ServiceNotInForce):
            return False

    def offered(self, day: date) -> Sequence[PublishedService]:
        """Return the published versions that hold on a local day or will, the last one published first."""
        found, number = list[PublishedService](), self.published_version
        gives_way: date | None = None
        while number is not None:
            version = self.versions[number]
            begins, ends = version.valid_from or date.min, version.valid_to or date.max
            if day <= ends and (
                gives_way is None or begins < gives_way
            ):  # otherwise a later version holds before it could
                found.append(PublishedService(version.definition, number))
                gives_way = begins
            if version.has_begun(day):
                break  # whatever was published before has given way to it
            number = version.replaces
        return found


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
            return replace(state, told_held=state.told_held | _told(event))
        case EvidenceSourceLost():
            return replace(state, told_lost=state.told_lost | _told(event))
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
    )


def _told(event: HeldElementsAsked | EvidenceSourceLost) -> frozenset[Told]:
    return frozenset(Told(event.version, event.resource, element) for element in event.elements)


def _with_status(state: ServiceState, version: int, status: VersionStatus) -> Mapping[int, ServiceVersion]:
    return {**state.versions, version: state.versions[version]._replace(status=status)}
