"""A service as a public service (CPSV-AP 3.2.0)."""

from collections.abc import Iterator

from api.linked_data.addresses import Addresses, language_address, part
from api.linked_data.agencies import place_of
from api.linked_data.inputs import inputs
from api.linked_data.law import act_of, legal_act, rules
from api.linked_data.statements import Statement, about
from api.linked_data.surroundings import Surroundings
from api.linked_data.terms import APPEAL_BODY, OPENS, WORKING_DAYS, concepts
from api.linked_data.vocabulary import (
    CONCEPT,
    CURRENCY,
    DEFINED_BY,
    DESCRIPTION,
    EU_CURRENCIES,
    GROUPED_BY,
    HAS_COMPETENT_AUTHORITY,
    HAS_COST,
    HAS_LEGAL_RESOURCE,
    HAS_PARTICIPANT,
    HAS_PARTICIPATION,
    HAS_RELATED_SERVICE,
    HAS_VALUE,
    IDENTIFIER,
    ISSUED,
    LANGUAGE,
    NOTATION,
    PREFERRED_LABEL,
    PROCESSING_TIME,
    PRODUCES,
    ROLE,
    SPATIAL,
    STATUS,
    TITLE,
    VALID_FROM,
    VALID_THROUGH,
    VERSION,
)
from api.linked_data.ways import channels, steps
from api.linked_data.words import THE_APPEAL_BODY
from domain.service.definition import ServiceDefinition
from domain.values import rfc3339
from projections.catalogue.types import CatalogueService


def service(addresses: Addresses, described: CatalogueService, surroundings: Surroundings) -> Iterator[Statement]:
    """Yield what the catalogue knows about a version of a service; the surroundings are described in the same graph."""
    definition, itself = described.definition, addresses.of("services", described.slug)
    days = definition.term.days if definition.term else None
    is_in_working_days = definition.term is not None and definition.term.kind == "working"
    yield from in_brief(addresses, described)
    yield from about(
        itself,
        (),
        (VERSION, str(described.version)),
        (STATUS, addresses.term(described.status)),
        (ISSUED, rfc3339(described.published_at) if described.published_at else None),
        (VALID_FROM, described.valid_from.isoformat() if described.valid_from else None),
        (VALID_THROUGH, described.valid_to.isoformat() if described.valid_to else None),
        (SPATIAL, place_of(addresses, described.agency)),
        (HAS_LEGAL_RESOURCE, act_of(itself)),
        (PROCESSING_TIME, f"P{days}D" if days and not is_in_working_days else None),
        (WORKING_DAYS, str(days) if days and is_in_working_days else None),
        (OPENS, [addresses.of("services", slug) for slug in definition.opens]),
    )
    yield from concepts(addresses, [described.status])
    yield from legal_act(addresses, itself, definition.legal_basis)
    yield from rules(addresses, itself, definition)
    yield from channels(itself, definition)
    yield from steps(addresses, itself, definition)
    yield from inputs(addresses, itself, definition, surroundings)
    yield from _outputs(itself, definition)
    yield from _costs(addresses, itself, definition)
    yield from _languages(itself, definition)
    yield from _appeals(addresses, itself, definition, surroundings)
    yield from _life_event(addresses, itself, definition, surroundings)


def in_brief(addresses: Addresses, described: CatalogueService) -> Iterator[Statement]:
    """Yield what every service that is spoken of must have; its agency is described in the same graph."""
    yield from about(
        addresses.of("services", described.slug),
        ["cpsv:PublicService"],
        (IDENTIFIER, described.slug),
        (TITLE, described.definition.title),
        (DESCRIPTION, described.definition.description),
        (HAS_COMPETENT_AUTHORITY, addresses.of("agencies", described.agency)),
    )


def _outputs(whole: str, definition: ServiceDefinition) -> Iterator[Statement]:
    for output in definition.outputs:
        itself = part(whole, "output", output.name)
        yield from about(whole, (), (PRODUCES, itself))
        identifier = (IDENTIFIER, f"{definition.slug}#output-{output.name}")
        yield from about(itself, ["cv:Output"], identifier, (TITLE, output.title))


def _costs(addresses: Addresses, whole: str, definition: ServiceDefinition) -> Iterator[Statement]:
    for cost in definition.costs:
        itself, currency = part(whole, "cost", cost.name), f"{EU_CURRENCIES}{cost.currency}"
        yield from about(whole, (), (HAS_COST, itself))
        yield from about(
            itself,
            ["cv:Cost"],
            (IDENTIFIER, f"{definition.slug}#cost-{cost.name}"),
            (DESCRIPTION, cost.title),
            (HAS_VALUE, cost.amount),
            (CURRENCY, currency),
            (DEFINED_BY, addresses.of("agencies", definition.agency)),
        )
        label = (PREFERRED_LABEL, {"en": cost.currency})
        yield from about(currency, [CONCEPT], label, (NOTATION, cost.currency))


def _languages(whole: str, definition: ServiceDefinition) -> Iterator[Statement]:
    for tag in definition.languages:
        language = language_address(tag)
        yield from about(whole, (), (LANGUAGE, language))
        yield from about(language, ["dct:LinguisticSystem"], (NOTATION, tag))


def _appeals(
    addresses: Addresses, whole: str, definition: ServiceDefinition, surroundings: Surroundings
) -> Iterator[Statement]:
    """Yield who hears appeals: an agency takes part in the service; of another body only the name is known."""
    body = definition.appeal_body
    if body is None or body not in surroundings.agencies:
        yield from about(whole, (), (APPEAL_BODY, body))
        return
    itself, role = part(whole, "appeal"), "appeal-body"
    yield from about(whole, (), (HAS_PARTICIPATION, itself))
    yield from about(
        itself,
        ["cv:Participation"],
        (IDENTIFIER, f"{definition.slug}#appeal"),
        (DESCRIPTION, THE_APPEAL_BODY),
        (ROLE, addresses.term(role)),
        (HAS_PARTICIPANT, addresses.of("agencies", body)),
    )
    yield from concepts(addresses, [role])


def _life_event(
    addresses: Addresses, whole: str, definition: ServiceDefinition, surroundings: Surroundings
) -> Iterator[Statement]:
    """Yield the event that groups a service with those that it opens; of these, the published ones are described."""
    if not definition.opens:
        return
    itself = part(whole, "life-event")
    opened = [surroundings.services[slug] for slug in definition.opens if slug in surroundings.services]
    related = [whole, *(addresses.of("services", each.slug) for each in opened)]
    yield from about(
        itself,
        ["cv:LifeEvent", "cv:Event"],
        (IDENTIFIER, f"{definition.slug}#life-event"),
        (TITLE, definition.title),
        (HAS_RELATED_SERVICE, related),
    )
    for one in related:
        yield from about(one, (), (GROUPED_BY, itself))
    for each in opened:
        yield from in_brief(addresses, each)
