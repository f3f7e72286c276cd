"""What a part of the catalogue speaks of besides itself, and must describe too: a graph leaves nothing unexplained."""

from collections.abc import Mapping
from typing import NamedTuple

from api.linked_data.agencies import unregistered
from api.linked_data.resources import RegisteredResource
from projections.catalogue.types import CatalogueAgency, CatalogueService


class Surroundings(NamedTuple):
    """Agencies, resources and services by their short names: those that are spoken of, as far as there are any."""

    agencies: Mapping[str, CatalogueAgency]
    resources: Mapping[str, RegisteredResource]
    services: Mapping[str, CatalogueService]

    def agency(self, slug: str) -> CatalogueAgency:
        """Return the agency; where the view does not have it, what its short name says."""
        return self.agencies.get(slug) or unregistered(slug)
