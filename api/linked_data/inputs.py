"""What a service needs to know: from the applicant, or from a resource instead of the applicant."""

from collections.abc import Iterator
from typing import Final

from api.linked_data.addresses import Addresses, part
from api.linked_data.statements import Statement, about
from api.linked_data.surroundings import Surroundings
from api.linked_data.terms import ELEMENT, IS_REQUIRED, PREVIEW, RESOURCE, concepts
from api.linked_data.vocabulary import (
    HAS_EVIDENCE,
    HAS_INPUT,
    HOLDS_REQUIREMENT,
    IDENTIFIER,
    PART_OF,
    SUPPORTS,
    TITLE,
    TYPE,
)
from domain.service.definition import EvidenceNeed, Question, ServiceDefinition

_ASKED: Final = "asked-of-applicant"
_ANSWERED: Final = "answered-by-resource"


def inputs(
    addresses: Addresses, whole: str, service: ServiceDefinition, surroundings: Surroundings
) -> Iterator[Statement]:
    """Yield the requirements of a service, and the evidence that supports those that resources answer."""
    for question in service.questions:
        yield from _requirement(addresses, whole, service.slug, _ASKED, question)
    for need in service.evidence:
        yield from _requirement(addresses, whole, service.slug, _ANSWERED, need)
        yield from _evidence(addresses, whole, service.slug, need, surroundings)


def _requirement(
    addresses: Addresses, whole: str, slug: str, kind: str, asked: Question | EvidenceNeed
) -> Iterator[Statement]:
    itself = _required(whole, kind, asked.element)
    yield from about(whole, (), (HOLDS_REQUIREMENT, itself))
    yield from about(
        itself,
        ["cv:Requirement"],
        (IDENTIFIER, f"{slug}#{kind}-{asked.element}"),
        (TITLE, asked.label),
        (TYPE, addresses.term(kind)),
        (ELEMENT, asked.element),
        (IS_REQUIRED, "true" if asked.required else "false"),
    )
    yield from concepts(addresses, [kind])


def _evidence(
    addresses: Addresses, whole: str, slug: str, need: EvidenceNeed, surroundings: Surroundings
) -> Iterator[Statement]:
    itself, requirement = part(whole, "evidence", need.element), _required(whole, _ANSWERED, need.element)
    is_registered = need.resource in surroundings.resources
    yield from about(whole, (), (HAS_INPUT, itself))
    yield from about(requirement, (), (HAS_EVIDENCE, itself))
    yield from about(
        itself,
        ["cv:Evidence"],
        (IDENTIFIER, f"{slug}#evidence-{need.element}"),
        (TITLE, need.label),
        (SUPPORTS, requirement),
        (PART_OF, addresses.of("resources", need.resource) if is_registered else None),
        (ELEMENT, need.element),
        (RESOURCE, need.resource),
        (PREVIEW, need.preview),
    )


def _required(whole: str, kind: str, element: str) -> str:
    return part(whole, kind, element)
