"""Our own words: what no vocabulary that we know has a word for. The window serves each of them at its address."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from api.linked_data.addresses import Addresses
from api.linked_data.statements import ADDRESS, Property, Statement, about
from api.linked_data.vocabulary import (
    BOOLEAN,
    COMMENT,
    CONCEPT,
    DATE,
    IN_SCHEME,
    INTEGER,
    LABEL,
    OWN,
    PREFERRED_LABEL,
    STRING,
    TITLE,
)
from api.linked_data.words import CONCEPTS, THE_TERMS


def _own(name: str, holds: str) -> Property:
    return Property(f"{OWN}:{name}", holds)


ANSWERS_ELEMENT: Final = _own("answersElement", STRING)
APPEAL_BODY: Final = _own("appealBody", STRING)
AUDITED_ON: Final = _own("auditedOn", DATE)
CALENDAR_DAYS: Final = _own("calendarDays", INTEGER)
ELEMENT: Final = _own("element", STRING)
HAS_STEP: Final = _own("hasStep", ADDRESS)
IS_REQUIRED: Final = _own("isRequired", BOOLEAN)
MAY_FOLLOW: Final = _own("mayFollow", ADDRESS)
OPENS: Final = _own("opens", ADDRESS)
PHASE: Final = _own("phase", ADDRESS)
PREVIEW: Final = _own("preview", STRING)
RESOURCE: Final = _own("resource", STRING)
SECURITY_CLASS: Final = _own("securityClass", STRING)
SOFTWARE: Final = _own("software", STRING)
TIME_ZONE: Final = _own("timeZone", STRING)
WORKING_DAYS: Final = _own("workingDays", INTEGER)

STEP: Final = f"{OWN}:Step"
REQUEST_TOPIC: Final = f"{OWN}:RequestTopic"
RESOURCE_TYPE: Final = "eli:ResourceType"
LEGAL_ACT: Final = "legal-act"

PROPERTIES: Final[Mapping[Property, str]] = {
    ANSWERS_ELEMENT: "A data element that a data service answers.",
    APPEAL_BODY: "The short name of the body that hears appeals, where it is no agency of this window.",
    AUDITED_ON: "The date of a resource's last security audit.",
    CALENDAR_DAYS: "How many calendar days a rule gives.",
    ELEMENT: "The name of a data element: what is asked, answered, or held.",
    HAS_STEP: "A step of the way that a request for a service goes.",
    IS_REQUIRED: "Whether a request is incomplete without it.",
    MAY_FOLLOW: "A step after which this step may be taken.",
    OPENS: "A service that a request for this service also requests.",
    PHASE: "The part of a service that a step belongs to: application, processing, result.",
    PREVIEW: "Whether the applicant sees what a resource answers before it is used: none, possible, required.",
    RESOURCE: "The short name of the information resource that answers instead of the applicant.",
    SECURITY_CLASS: "The security class of a resource, as its owner's law names it.",
    SOFTWARE: "A system that a resource runs on; several resources may share it.",
    TIME_ZONE: "The IANA time zone whose dates an agency counts by.",
    WORKING_DAYS: "How many working days a service or a rule gives; cv:processingTime cannot say them.",
}
CLASSES: Final[Mapping[str, str]] = {
    STEP: "A step of the way that a request for a service goes, as its agency names it.",
    REQUEST_TOPIC: "A topic of messages at which a resource is asked; it has no address on the web.",
}


def concepts(addresses: Addresses, names: Iterable[str]) -> Iterator[Statement]:
    """Yield what these concepts of our own are called."""
    for name in names:
        kinds = (CONCEPT, RESOURCE_TYPE) if name == LEGAL_ACT else (CONCEPT,)
        yield from about(addresses.term(name), kinds, (PREFERRED_LABEL, CONCEPTS[name]))


def terms(addresses: Addresses) -> Iterator[Statement]:
    """Yield what every word of our own means."""
    scheme = addresses.terms
    yield from about(scheme, ["skos:ConceptScheme", "owl:Ontology"], (TITLE, THE_TERMS))
    for name in CONCEPTS:
        yield from about(addresses.term(name), (), (IN_SCHEME, scheme))
    yield from concepts(addresses, CONCEPTS)
    for one, meaning in PROPERTIES.items():
        yield from _explained(addresses, one.name, "rdf:Property", meaning)
    for name, meaning in CLASSES.items():
        yield from _explained(addresses, name, "rdfs:Class", meaning)


def _explained(addresses: Addresses, name: str, kind: str, meaning: str) -> Iterator[Statement]:
    own = name.removeprefix(f"{OWN}:")
    yield from about(addresses.term(own), [kind], (LABEL, {"en": own}), (COMMENT, {"en": meaning}))
