"""The register's resources join the catalogue's linked data, and who coordinates publishes it."""

from collections.abc import Iterator

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import DCAT, DCTERMS

from application.access.callers import Role
from application.settings import MADE_UP_PUBLIC_URL
from ledger.embedded.postgres import EmbeddedPostgres
from tests.api.a_register import registered
from tests.api.people import People, permit
from tests.api.running import RunningWindow, fresh_databases
from tests.api.test_linked_catalogue import CATALOGUE, HERE, JSON, LD, graph_of, pages
from tests.domain.register_examples import BIRTH_DATE_NEEDED, INTEGRATION, POPULATION
from tests.linked_data.judging import faults

ITSELF = URIRef(f"{HERE}/resources/{POPULATION.slug}")
SERVICE = URIRef(f"{HERE}/services/birthday")
VALID_FROM = URIRef("http://schema.org/validFrom")


@pytest.fixture(scope="module")
def here(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    """People whose agency has a service that needs the population register's evidence."""
    with (
        fresh_databases(postgres, "linked_register") as where,
        RunningWindow(where, tmp_path_factory.mktemp("linked")) as window,
        People(window.somebody, "town", "birthday", 1) as people,
    ):
        for agency in ("town", "idda", "security"):
            entry = {"name": {"en": agency.title()}, "timeZone": "Asia/Baku", "desks": ["north"]}
            assert people.coordinator.sends(f"/v1/agencies/{agency}", entry, method="PUT").is_success
        window.appends(registered())
        coordinator = window.somebody(Role.COORDINATOR, "coordinator", "idda")
        people.made.append(coordinator)
        question = {"element": "person.phone", "label": {"en": "Telephone"}, "type": "text", "shownToOfficial": False}
        needed = BIRTH_DATE_NEEDED.model_dump(mode="json", by_alias=True)
        definition = permit("birthday", "town", "north", questions=[question], evidence=[needed])
        drafted = coordinator.sends("/v1/services", {"definition": definition})
        assert drafted.is_success, drafted.text
        published = coordinator.sends("/v1/services/birthday/publication", {"version": 1})
        assert published.is_success, published.text
        assert people.anyone.asks(CATALOGUE, position=window.everything_recorded()).is_success
        yield people


@pytest.fixture
def whole(here: People) -> Graph:
    """All pages together."""
    found = Graph()
    for page in pages(here.anyone, 1):
        found += graph_of(page)
    return found


def test_the_registers_resources_join_the_catalogue(here: People, whole: Graph) -> None:
    address = f"{CATALOGUE}/resources/{POPULATION.slug}"
    alone = graph_of(here.anyone.asks(address, Accept=LD))

    assert (URIRef(HERE), DCAT.dataset, ITSELF) in whole
    assert (URIRef(HERE), DCAT.dataset, URIRef(f"{HERE}/resources/voters")) in whole
    assert (URIRef(HERE), DCAT.service, URIRef(f"{ITSELF}#data-service")) in whole
    assert (URIRef(HERE), DCAT.service, URIRef(f"{HERE}/resources/voters#data-service")) not in whole
    assert (None, DCAT.endpointURL, URIRef(str(INTEGRATION.endpoint))) in alone
    assert set(alone) <= set(whole)
    shown = here.anyone.asks(address, Accept=JSON).json()
    assert (shown["status"], shown["integration"]["endpoint"]) == ("integrated", INTEGRATION.endpoint)
    for graph in (whole, alone):
        assert faults(graph, "small") == set()


def test_the_coordinator_publishes_the_catalogue_on_every_page(here: People) -> None:
    publisher = URIRef(f"{HERE}/agencies/idda")
    for page in pages(here.anyone, 2):
        graph = graph_of(page)
        assert [*graph.objects(URIRef(HERE), DCTERMS.publisher)] == [publisher]
        assert (publisher, DCTERMS.title, None) in graph
        assert faults(graph, "small") == set()


def test_evidence_is_part_of_the_resource_that_answers_it_and_a_version_says_since_when_it_holds(
    here: People, whole: Graph
) -> None:
    alone = graph_of(here.anyone.asks(f"{CATALOGUE}/services/birthday", Accept=LD))
    evidence = URIRef(f"{SERVICE}#evidence-person.birth_date")

    for graph in (whole, alone):
        assert [*graph.objects(evidence, DCTERMS.isPartOf)] == [ITSELF]
        assert (ITSELF, DCTERMS.title, None) in graph
        assert len([*graph.objects(SERVICE, VALID_FROM)]) == 1


def test_each_resource_answers_at_its_address(here: People, whole: Graph) -> None:
    for resource in whole.objects(URIRef(HERE), DCAT.dataset):
        path = str(resource).removeprefix(MADE_UP_PUBLIC_URL)
        for form in (JSON, LD):
            assert here.anyone.asks(path, Accept=form).status_code == 200
