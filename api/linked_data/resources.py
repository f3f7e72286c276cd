"""An information resource as a dataset, and how it is asked as a data service (BRegDCAT-AP 2.00)."""

from collections.abc import Iterator
from typing import NamedTuple

from api.linked_data.addresses import Addresses, part
from api.linked_data.agencies import place_of
from api.linked_data.law import statute
from api.linked_data.statements import Statement, about, in_no_known_language
from api.linked_data.terms import (
    ANSWERS_ELEMENT,
    AUDITED_ON,
    ELEMENT,
    REQUEST_TOPIC,
    SECURITY_CLASS,
    SOFTWARE,
    concepts,
)
from api.linked_data.vocabulary import (
    CONTACT_POINT,
    DESCRIPTION,
    ENDPOINT,
    FORMATTED_NAME,
    IDENTIFIER,
    PUBLISHER,
    SERVES,
    SPATIAL,
    STATUS,
    TITLE,
)
from api.linked_data.words import HOW_IT_IS_ASKED
from domain.register.values import Integration, ResourceDescription
from projections.resource_register.types import ResourceStatus


class RegisteredResource(NamedTuple):
    """A resource of the register, how it is asked if it can be, and how far it is."""

    description: ResourceDescription
    integration: Integration | None
    status: ResourceStatus

    @property
    def slug(self) -> str:
        """Its short name."""
        return self.description.slug

    @property
    def answering(self) -> Integration | None:
        """How it is asked, while it answers."""
        return self.integration if self.status == "integrated" else None


def resource(addresses: Addresses, registered: RegisteredResource) -> Iterator[Statement]:
    """Yield what the register knows about a resource; its owner is described elsewhere in the same graph."""
    described, status = registered.description, registered.status.replace("_", "-")
    itself, owner = addresses.of("resources", described.slug), addresses.of("agencies", described.owner)
    contact = part(itself, "contact")
    yield from about(
        itself,
        ["dcat:Dataset"],
        (IDENTIFIER, described.slug),
        (TITLE, described.title),
        (DESCRIPTION, described.description),
        (PUBLISHER, owner),
        (SPATIAL, place_of(addresses, described.owner)),
        (CONTACT_POINT, contact),
        (STATUS, addresses.term(status)),
        (ELEMENT, described.elements),
        (SECURITY_CLASS, described.security_class),
        (AUDITED_ON, described.audited_on.isoformat() if described.audited_on else None),
        (SOFTWARE, described.software),
    )
    yield from about(contact, ["vcard:Kind"], (FORMATTED_NAME, in_no_known_language(described.contact)))
    yield from statute(addresses, itself, described.slug, described.legal_basis)
    yield from concepts(addresses, [status])
    if registered.answering is not None:
        yield from _data_service(addresses, described, registered.answering)


def data_service_address(addresses: Addresses, slug: str) -> str:
    """Return the address of the data service of a resource that answers."""
    return part(addresses.of("resources", slug), "data-service")


def _data_service(addresses: Addresses, described: ResourceDescription, answering: Integration) -> Iterator[Statement]:
    itself = addresses.of("resources", described.slug)
    topic = part(itself, "request-topic")
    yield from about(
        data_service_address(addresses, described.slug),
        ["dcat:DataService"],
        (IDENTIFIER, f"{described.slug}#data-service"),
        (TITLE, described.title),
        (DESCRIPTION, HOW_IT_IS_ASKED),
        (PUBLISHER, addresses.of("agencies", described.owner)),
        (ENDPOINT, topic if answering.endpoint is None else answering.endpoint),
        (SERVES, itself),
        (ANSWERS_ELEMENT, answering.elements),
    )
    if answering.endpoint is None:
        yield from about(topic, [REQUEST_TOPIC], (TITLE, described.title))
