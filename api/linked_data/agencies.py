"""An agency as a public organisation (CPSV-AP, BRegDCAT-AP)."""

from collections.abc import Iterator, Mapping
from typing import Final

from api.linked_data.addresses import Addresses, part
from api.linked_data.statements import Statement, about, in_no_known_language
from api.linked_data.terms import TIME_ZONE
from api.linked_data.vocabulary import IDENTIFIER, LABEL, LOCATION, NAME, PREFERRED_LABEL, SPATIAL, TITLE
from api.linked_data.words import WHERE_IT_ACTS
from projections.catalogue.types import CatalogueAgency

_PREFERRED: Final = "en"  # where only one language may be told
_ORGANISATION: Final = ("cv:PublicOrganisation", "org:Organization", "foaf:Agent")


def agency(addresses: Addresses, described: CatalogueAgency) -> Iterator[Statement]:
    """Yield what the catalogue knows about an agency."""
    itself, place = addresses.of("agencies", described.slug), place_of(addresses, described.slug)
    yield from about(
        itself,
        _ORGANISATION,
        (IDENTIFIER, described.slug),
        (TITLE, _in_one_language(described.name)),  # BRegDCAT-AP takes one title, and as many labels as there are
        (PREFERRED_LABEL, described.name),
        (NAME, described.name),
        (SPATIAL, place),
        (TIME_ZONE, described.time_zone),
    )
    yield from about(place, [LOCATION], (LABEL, None if addresses.place else WHERE_IT_ACTS))


def place_of(addresses: Addresses, slug: str) -> str:
    """Return the address of where an agency is competent: of the operator's place, or of one that is the agency's."""
    return addresses.place or part(addresses.of("agencies", slug), "jurisdiction")


def unregistered(slug: str) -> CatalogueAgency:
    """Return an agency of which nothing but its short name is known."""
    return CatalogueAgency(
        slug=slug,
        name=in_no_known_language(slug),
        time_zone="UTC",
        desks=[],
        desk_limits={},
        stand_ins={},
        calendar=None,
    )


def publisher(addresses: Addresses) -> Iterator[Statement]:
    """Yield what is known about whoever runs the window, where no agency is named: the name of its host."""
    name = in_no_known_language(addresses.host)
    yield from about(
        publisher_address(addresses), ["foaf:Agent"], (IDENTIFIER, addresses.host), (TITLE, name), (NAME, name)
    )


def publisher_address(addresses: Addresses) -> str:
    """Return the address of whoever runs the window, where no agency is named."""
    return part(addresses.catalogue, "publisher")


def _in_one_language(text: Mapping[str, str]) -> Mapping[str, str]:
    language = _PREFERRED if _PREFERRED in text else min(text)
    return {language: text[language]}
