"""The words of other vocabularies that the catalogue is written in, and what each property holds."""

from collections.abc import Mapping
from typing import Final

from api.linked_data.statements import ADDRESS, TEXT, Property

OWN: Final = "pencere"  # the prefix of our own words; their addresses begin with this window's

PREFIXES: Final[Mapping[str, str]] = {
    "adms": "http://www.w3.org/ns/adms#",
    "cpsv": "http://purl.org/vocab/cpsv#",
    "cv": "http://data.europa.eu/m8g/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "http://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

STRING: Final = "xsd:string"
DATE: Final = "xsd:date"
BOOLEAN: Final = "xsd:boolean"
INTEGER: Final = "xsd:integer"

COMMENT: Final = Property("rdfs:comment", TEXT)
DESCRIPTION: Final = Property("dct:description", TEXT)
FORMATTED_NAME: Final = Property("vcard:fn", TEXT)
LABEL: Final = Property("rdfs:label", TEXT)
NAME: Final = Property("foaf:name", TEXT)
PREFERRED_LABEL: Final = Property("skos:prefLabel", TEXT)
TITLE: Final = Property("dct:title", TEXT)

CONTACT_POINT: Final = Property("dcat:contactPoint", ADDRESS)
CURRENCY: Final = Property("cv:currency", ADDRESS)
DATASET: Final = Property("dcat:dataset", ADDRESS)
DEFINED_BY: Final = Property("cv:isDefinedBy", ADDRESS)
ENDPOINT: Final = Property("dcat:endpointURL", ADDRESS)
FOLLOWS: Final = Property("cpsv:follows", ADDRESS)
GROUPED_BY: Final = Property("cv:isGroupedBy", ADDRESS)
HAS_CHANNEL: Final = Property("cv:hasChannel", ADDRESS)
HAS_COMPETENT_AUTHORITY: Final = Property("cv:hasCompetentAuthority", ADDRESS)
HAS_COST: Final = Property("cv:hasCost", ADDRESS)
HAS_EVIDENCE: Final = Property("cv:hasSupportingEvidence", ADDRESS)
HAS_INPUT: Final = Property("cpsv:hasInput", ADDRESS)
HAS_LEGAL_RESOURCE: Final = Property("cv:hasLegalResource", ADDRESS)
HAS_PARTICIPANT: Final = Property("cv:hasParticipant", ADDRESS)
HAS_PARTICIPATION: Final = Property("cv:hasParticipation", ADDRESS)
HAS_RELATED_SERVICE: Final = Property("cv:hasRelatedService", ADDRESS)
HOLDS_REQUIREMENT: Final = Property("cv:holdsRequirement", ADDRESS)
IMPLEMENTS: Final = Property("cpsv:implements", ADDRESS)
IN_SCHEME: Final = Property("skos:inScheme", ADDRESS)
LANGUAGE: Final = Property("dct:language", ADDRESS)
LISTS: Final = Property("dcat:resource", ADDRESS)
MEMBER: Final = Property("hydra:member", ADDRESS)
NEXT: Final = Property("hydra:next", ADDRESS)
PART_OF: Final = Property("dct:isPartOf", ADDRESS)
PRODUCES: Final = Property("cpsv:produces", ADDRESS)
PUBLISHER: Final = Property("dct:publisher", ADDRESS)
ROLE: Final = Property("cv:role", ADDRESS)
SERVES: Final = Property("dcat:servesDataset", ADDRESS)
SERVICE: Final = Property("dcat:service", ADDRESS)
SPATIAL: Final = Property("dct:spatial", ADDRESS)
STATUS: Final = Property("adms:status", ADDRESS)
SUPPORTS: Final = Property("cv:supportsRequirement", ADDRESS)
TYPE: Final = Property("dct:type", ADDRESS)
VIEW: Final = Property("hydra:view", ADDRESS)

HAS_VALUE: Final = Property("cv:hasValue", "xsd:double")
IDENTIFIER: Final = Property("dct:identifier", STRING)
ISSUED: Final = Property("dct:issued", "xsd:dateTime")
NOTATION: Final = Property("skos:notation", STRING)
PROCESSING_TIME: Final = Property("cv:processingTime", "xsd:duration")
VALID_FROM: Final = Property("schema:validFrom", DATE)
VALID_THROUGH: Final = Property("schema:validThrough", DATE)
VERSION: Final = Property("owl:versionInfo", STRING)

CONCEPT: Final = "skos:Concept"
LOCATION: Final = "dct:Location"
EU_CURRENCIES: Final = "http://publications.europa.eu/resource/authority/currency/"
LOC_LANGUAGES: Final = "http://id.loc.gov/vocabulary/"  # as DCAT says: ISO 639-1 where two letters say it, else 639-2
