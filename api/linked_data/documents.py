"""The documents that the window serves: a page of the catalogue, one thing in it, and our own words."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from api.linked_data.addresses import Addresses
from api.linked_data.agencies import agency, publisher, publisher_address
from api.linked_data.resources import RegisteredResource, data_service_address, resource
from api.linked_data.services import service
from api.linked_data.statements import Statement, about
from api.linked_data.surroundings import Surroundings
from api.linked_data.vocabulary import (
    DATASET,
    DESCRIPTION,
    IDENTIFIER,
    LISTS,
    MEMBER,
    NEXT,
    PUBLISHER,
    SERVICE,
    TITLE,
    VIEW,
)
from api.linked_data.words import ABOUT_THE_CATALOGUE, THE_CATALOGUE
from projections.catalogue.types import CatalogueAgency, CatalogueService


class Listed(NamedTuple):
    """What a document is about: some agencies, services and resources."""

    agencies: Sequence[CatalogueAgency] = ()
    services: Sequence[CatalogueService] = ()
    resources: Sequence[RegisteredResource] = ()


def things(addresses: Addresses, listed: Listed, surroundings: Surroundings) -> Iterator[Statement]:
    """Yield what is known about the listed things, and of all that they speak of as much as a reader needs."""
    spoken_of = dict.fromkeys(one.slug for one in listed.agencies)
    registered = {one.slug: one for one in listed.resources}
    for described in listed.services:
        yield from service(addresses, described, surroundings)
        definition = described.definition
        spoken_of |= dict.fromkeys([described.agency])
        if definition.appeal_body in surroundings.agencies:
            spoken_of |= {str(definition.appeal_body): None}
        opened = (surroundings.services[slug].agency for slug in definition.opens if slug in surroundings.services)
        spoken_of |= dict.fromkeys(opened)
        for need in definition.evidence:
            if need.resource in surroundings.resources:
                registered.setdefault(need.resource, surroundings.resources[need.resource])
    for each in registered.values():
        yield from resource(addresses, each)
        spoken_of |= {each.description.owner: None}
    for slug in spoken_of:
        yield from agency(addresses, surroundings.agency(slug))


def page(
    addresses: Addresses,
    listed: Listed,
    surroundings: Surroundings,
    *,
    at: str,
    following: str | None,
    by: str | None = None,
) -> Iterator[Statement]:
    """Yield the catalogue with the listed things.

    Args:
        addresses: makes the addresses.
        listed: what this page has.
        surroundings: what is spoken of.
        at: the page's own address.
        following: the address of the page after it; None on the last.
        by: the short name of the agency that publishes the catalogue, among the surroundings; None when none is named.
    """
    itself = addresses.catalogue
    publishing = publisher_address(addresses) if by is None else addresses.of("agencies", by)
    answering = [one.slug for one in listed.resources if one.answering is not None]
    yield from about(
        itself,
        ["dcat:Catalog"],
        (IDENTIFIER, itself),
        (TITLE, THE_CATALOGUE),
        (DESCRIPTION, ABOUT_THE_CATALOGUE),
        (PUBLISHER, publishing),
        (DATASET, [addresses.of("resources", one.slug) for one in listed.resources]),
        (SERVICE, [data_service_address(addresses, slug) for slug in answering]),
        (LISTS, [addresses.of("services", one.slug) for one in listed.services]),
        (MEMBER, [addresses.of("agencies", one.slug) for one in listed.agencies]),
        (VIEW, at),
    )
    yield from about(at, ["hydra:PartialCollectionView"], (NEXT, following))
    yield from publisher(addresses) if by is None else agency(addresses, surroundings.agency(by))
    yield from things(addresses, listed, surroundings)
