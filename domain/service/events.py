"""What happens to a service."""

from datetime import date
from typing import Annotated, ClassVar, TypeAlias

from pydantic import Field

from domain.event import Event
from domain.service.definition import ServiceDefinition
from domain.values import Element, Number, Slug


class ServiceDrafted(Event):
    """A version was written; nobody can ask for it yet."""

    topic: ClassVar[str] = "service.drafted"
    schema_version: ClassVar[int] = 4

    version: Number
    definition: ServiceDefinition


class ServicePublished(Event):
    """A version can be asked for, from one local date of its agency to another.

    It was judged by the register as it was after so many of its events; 0: there was none. Versions that were published
    before there was a register have no dates: they hold from their publication.
    """

    topic: ClassVar[str] = "service.published"
    schema_version: ClassVar[int] = 2

    version: Number
    local_date: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    register_version: Annotated[int, Field(ge=0)] = 0


class ServiceSuperseded(Event):
    """A published version gave way to another, from the day on which that one holds; running cases go on by it."""

    topic: ClassVar[str] = "service.superseded"

    version: Number
    by: Number


class ServiceWithdrawn(Event):
    """The published version can no longer be asked for; cases that pinned it go on by it."""

    topic: ClassVar[str] = "service.withdrawn"

    version: Number


class HeldElementsAsked(Event):
    """The published version asks applicants for what a resource answers since its integration.

    A version that does not ask must be published by the date. Until then each such question is a violation, which is
    counted and public.
    """

    topic: ClassVar[str] = "service.held_elements_asked"

    version: Number
    resource: Slug
    elements: Annotated[tuple[Element, ...], Field(min_length=1)]
    local_date: date
    publish_by: date
    register_version: Number


class EvidenceSourceLost(Event):
    """The published version needs evidence from a resource that is integrated no longer; each request asks in vain.

    A version that fits must be published by the date.
    """

    topic: ClassVar[str] = "service.evidence_source_lost"

    version: Number
    resource: Slug
    elements: Annotated[tuple[Element, ...], Field(min_length=1)]
    local_date: date
    publish_by: date
    register_version: Number


ServiceEvent: TypeAlias = (
    ServiceDrafted | ServicePublished | ServiceSuperseded | ServiceWithdrawn | HeldElementsAsked | EvidenceSourceLost
)
