"""The rules of a request for a life event."""

from collections.abc import Collection

from domain.life_event.refusals import PartMissing, PartUnknown, ServiceIsNoLifeEvent
from domain.refusals import Breach, Refusal
from domain.service.definition import ServiceDefinition


def has_its_parts(definition: ServiceDefinition, parts: Collection[str]) -> None:
    """A life event is asked for with a part for each service that it opens, and with no other.

    Raises:
        ServiceIsNoLifeEvent, PartUnknown, PartMissing.
    """
    if not definition.opens:
        raise ServiceIsNoLifeEvent(field="service")
    _none_of(PartUnknown, sorted(set(parts) - set(definition.opens)))
    _none_of(PartMissing, [slug for slug in definition.opens if slug not in parts])


def _none_of(kind: type[Refusal], slugs: list[str]) -> None:
    if slugs:
        breaches = [Breach(f"parts.{slug}", kind().detail) for slug in slugs]
        raise kind(field=breaches[0].field, breaches=breaches)
