"""The catalogue's linked data follows CPSV-AP 3.2.0 and BRegDCAT-AP 2.00, judged by a validator that is not ours."""

from typing import Final, get_args

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from rdflib import RDF, Graph, Literal, URIRef

from api.linked_data.addresses import Addresses
from api.linked_data.documents import Listed, things
from api.linked_data.resources import RegisteredResource
from api.linked_data.terms import terms
from domain.service.definition import ServiceDefinition
from projections.resource_register.types import ResourceStatus
from tests.domain.register_examples import FULL_SERVICE, INTEGRATION, POPULATION
from tests.linked_data.described import (
    BY_KAFKA,
    DEFINITIONS,
    NOTHING_AROUND,
    SURROUNDINGS,
    alone,
    demonstration,
    everything,
    version,
)
from tests.linked_data.judging import ADDRESSES, PRODUCES, PROFILES, faults, graph_of, shapes, violations

_SOME = settings(max_examples=15, deadline=None, database=None, phases=[Phase.generate])
CPSV, CV, DCAT, DCT, EU = (
    "http://purl.org/vocab/cpsv#",
    "http://data.europa.eu/m8g/",
    "http://www.w3.org/ns/dcat#",
    "http://purl.org/dc/terms/",
    "http://publications.europa.eu/resource/authority/",
)
FOAF, SKOS, ELI = (
    "http://xmlns.com/foaf/0.1/",
    "http://www.w3.org/2004/02/skos/core#",
    "http://data.europa.eu/eli/ontology#",
)
# A kind of thing, a property that it must have, and who demands it.
DEMANDS: Final = [
    (f"{CPSV}PublicService", f"{DCT}title", "cpsv-ap"),
    (f"{CPSV}PublicService", f"{DCT}title", "bregdcat-ap"),
    (f"{CPSV}PublicService", f"{DCT}title", "small"),
    (f"{CPSV}PublicService", f"{DCT}identifier", "cpsv-ap"),
    (f"{CPSV}PublicService", f"{DCT}description", "cpsv-ap"),
    (f"{CPSV}PublicService", f"{CV}hasCompetentAuthority", "cpsv-ap"),
    (f"{CPSV}PublicService", f"{CV}hasCompetentAuthority", "small"),
    (f"{CV}PublicOrganisation", f"{SKOS}prefLabel", "cpsv-ap"),
    (f"{CV}PublicOrganisation", f"{DCT}spatial", "cpsv-ap"),
    (f"{CV}PublicOrganisation", f"{DCT}spatial", "small"),
    (f"{CV}PublicOrganisation", f"{DCT}title", "bregdcat-ap"),
    (f"{FOAF}Agent", f"{FOAF}name", "bregdcat-ap"),
    (f"{FOAF}Agent", f"{DCT}title", "cpsv-ap"),
    (f"{CV}Channel", f"{DCT}identifier", "cpsv-ap"),
    (f"{CV}Channel", f"{DCT}identifier", "small"),
    (f"{CV}Cost", f"{DCT}identifier", "cpsv-ap"),
    (f"{CV}Evidence", f"{DCT}title", "cpsv-ap"),
    (f"{CV}Requirement", f"{DCT}title", "cpsv-ap"),
    (f"{CV}Output", f"{DCT}title", "cpsv-ap"),
    (f"{CV}Output", f"{DCT}title", "small"),
    (f"{CV}Event", f"{DCT}title", "cpsv-ap"),
    (f"{CV}Participation", f"{CV}role", "cpsv-ap"),
    (f"{CV}Participation", f"{DCT}description", "cpsv-ap"),
    (f"{CPSV}Rule", f"{DCT}description", "cpsv-ap"),
    (f"{CPSV}Rule", f"{DCT}type", "bregdcat-ap"),
    (f"{ELI}LegalResource", f"{DCT}type", "bregdcat-ap"),
    (f"{ELI}LegalResource", f"{DCT}type", "small"),
    (f"{DCAT}Dataset", f"{DCT}title", "bregdcat-ap"),
    (f"{DCAT}Dataset", f"{DCT}publisher", "cpsv-ap"),
    (f"{DCAT}Dataset", f"{DCT}publisher", "small"),
    (f"{DCAT}DataService", f"{DCAT}endpointURL", "bregdcat-ap"),
    (f"{DCAT}DataService", f"{DCAT}endpointURL", "small"),
    (f"{DCAT}DataService", f"{DCT}title", "bregdcat-ap"),
    (f"{DCAT}Catalog", f"{DCT}publisher", "bregdcat-ap"),
    (f"{DCAT}Catalog", f"{DCT}description", "bregdcat-ap"),
    (f"{SKOS}Concept", f"{SKOS}prefLabel", "bregdcat-ap"),
    (f"{SKOS}Concept", f"{SKOS}prefLabel", "small"),
]
# What somebody else's address stands for, and who asks: CPSV-AP's own example leaves it out, and breaks its own shapes.
FOREIGN: Final = [
    (f"{EU}currency/AZN", f"{SKOS}Concept", "cpsv-ap"),
    (f"{EU}currency/AZN", f"{SKOS}Concept", "small"),
    ("http://id.loc.gov/vocabulary/iso639-1/az", f"{DCT}LinguisticSystem", "cpsv-ap"),
    ("https://places.example/AZE", f"{DCT}Location", "cpsv-ap"),
    ("https://places.example/AZE", f"{DCT}Location", "bregdcat-ap"),
    ("https://places.example/AZE", f"{DCT}Location", "small"),
]
WITH_A_PLACE: Final = Addresses("https://window.example", "https://places.example/AZE")


@pytest.fixture(params=PROFILES)
def profile(request: pytest.FixtureRequest) -> str:
    """Each set of shapes that is there."""
    name = str(request.param)
    shapes(name)
    return name


def test_the_demonstrations_catalogue_conforms(profile: str) -> None:
    assert faults(graph_of(demonstration()), profile) == set()


def test_a_catalogue_with_everything_in_it_conforms(profile: str) -> None:
    assert faults(graph_of(everything()), profile) == set()


def test_a_catalogue_whose_operator_names_the_place_conforms(profile: str) -> None:
    assert faults(graph_of(everything(WITH_A_PLACE), WITH_A_PLACE), profile) == set()


def test_the_only_contradiction_of_the_two_profiles_is_what_a_service_produces() -> None:
    itself = URIRef(ADDRESSES.of("services", FULL_SERVICE.slug))

    assert violations(graph_of(everything()), "bregdcat-ap") == {(itself, PRODUCES)}


def test_a_service_alone_conforms_whatever_surrounds_it(profile: str) -> None:
    for around in (SURROUNDINGS, NOTHING_AROUND):
        for status in ("published", "superseded", "withdrawn"):
            assert faults(graph_of(alone(version(FULL_SERVICE, status), around)), profile) == set()


@pytest.mark.parametrize("status", get_args(ResourceStatus))
def test_a_resource_alone_conforms_in_each_of_its_states(status: ResourceStatus, profile: str) -> None:
    for integration in (None, INTEGRATION, BY_KAFKA):
        listed = Listed(resources=[RegisteredResource(POPULATION, integration, status)])
        assert faults(graph_of(things(ADDRESSES, listed, SURROUNDINGS)), profile) == set()


def test_our_own_words_conform(profile: str) -> None:
    assert faults(graph_of(terms(ADDRESSES)), profile) == set()


@given(definition=DEFINITIONS)
@settings(_SOME, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_whatever_a_service_is_it_conforms(profile: str, definition: ServiceDefinition) -> None:
    assert faults(graph_of(alone(version(definition))), profile) == set()


@pytest.mark.parametrize(("kind", "demanded", "by"), DEMANDS)
def test_the_judge_finds_a_property_that_is_missing(kind: str, demanded: str, by: str) -> None:
    graph = graph_of(everything())
    one = URIRef(min(map(str, graph.subjects(RDF.type, URIRef(kind)))))
    graph.remove((one, URIRef(demanded), None))

    assert faults(graph, by) == {(one, URIRef(demanded))}


@pytest.mark.parametrize(("foreign", "kind", "by"), FOREIGN)
def test_the_judge_finds_an_address_of_somebody_elses_that_nothing_explains(foreign: str, kind: str, by: str) -> None:
    graph = graph_of(everything(WITH_A_PLACE), WITH_A_PLACE)
    graph.remove((URIRef(foreign), RDF.type, URIRef(kind)))

    assert faults(graph, by)


@pytest.mark.parametrize("profile", ["cpsv-ap", "small"])
def test_the_judge_finds_a_text_without_a_language(profile: str) -> None:
    graph = graph_of(demonstration())
    untagged = _without_languages(graph)

    assert len(faults(untagged, profile)) > 3


def _without_languages(graph: Graph) -> Graph:
    changed = Graph()
    for subject, verb, value in graph:
        changed.add((subject, verb, Literal(str(value)) if isinstance(value, Literal) else value))
    return changed
