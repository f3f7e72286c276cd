"""The catalogue as linked data over HTTP: negotiated, page by page, and each address in it is answered."""

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS
from rdflib.term import Node

from application.settings import MADE_UP_PUBLIC_URL
from tests.api.people import People, Person, assert_problem, permit, position_of
from tests.api.running import RunningWindow
from tests.linked_data.judging import PROFILES, faults

JSON, LD, TURTLE = "application/json", "application/ld+json", "text/turtle"
CATALOGUE = "/v1/catalogue"
HERE = f"{MADE_UP_PUBLIC_URL}{CATALOGUE}"
NEXT = URIRef("http://www.w3.org/ns/hydra/core#next")
STATUS = URIRef("http://www.w3.org/ns/adms#status")
PUBLIC_SERVICE = URIRef("http://purl.org/vocab/cpsv#PublicService")


@pytest.fixture
def here(people: People, window: RunningWindow) -> People:
    """The test's people, once the catalogue has their agency and service."""
    assert people.anyone.asks("/v1/services", position=window.everything_recorded()).status_code == 200
    return people


def graph_of(answer: httpx2.Response) -> Graph:
    """Return what an answer says, in either notation."""
    assert answer.status_code == 200, answer.text
    form = answer.headers["Content-Type"].partition(";")[0]
    return Graph().parse(data=answer.text, format={TURTLE: "turtle", LD: "json-ld"}[form])


def pages(person: Person, limit: int = 50) -> Iterator[httpx2.Response]:
    """Yield the pages of the catalogue as a harvester follows them."""
    address: str | None = f"{CATALOGUE}?limit={limit}"
    while address is not None:
        answer = person.asks(address, Accept=TURTLE)
        yield answer
        following = [str(one) for one in graph_of(answer).objects(None, NEXT)]
        address = following[0].removeprefix(MADE_UP_PUBLIC_URL) if following else None
        linked = re.search(r'cursor=([^&>]+).*rel="next"', answer.headers.get("Link", ""))
        assert (linked[1] if linked else None) == (address and parse_qs(urlsplit(address).query)["cursor"][0])


def without_pages(graph: Graph) -> set[tuple[Node, Node, Node]]:
    """Return what a graph says about the catalogue, and not about the page."""
    return {(one, verb, two) for one, verb, two in graph if "?" not in f"{one}{two}"}


def service_of(people: People) -> str:
    return f"{CATALOGUE}/services/{people.service}"


def test_without_a_wish_the_catalogue_says_where_its_parts_are(here: People) -> None:
    for accept in (JSON, "*/*", "text/html,*/*;q=0.8"):
        answer = here.anyone.asks(CATALOGUE, Accept=accept)
        assert answer.headers["Content-Type"] == JSON
        assert answer.json() == {
            "agencies": "/v1/agencies",
            "services": "/v1/services",
            "resources": "/v1/resources",
            "terms": f"{CATALOGUE}/terms",
            "linkedData": [LD, TURTLE],
        }


def test_both_notations_of_a_page_are_one_graph(here: People) -> None:
    in_turtle, in_json = (graph_of(here.anyone.asks(CATALOGUE, Accept=form)) for form in (TURTLE, LD))

    assert len(in_turtle) > 50
    assert set(in_turtle) == set(in_json)


@pytest.mark.parametrize("profile", PROFILES)
def test_what_the_window_serves_conforms(here: People, profile: str) -> None:
    for page in pages(here.anyone):
        assert faults(graph_of(page), profile) == set()
    assert faults(graph_of(here.anyone.asks(service_of(here), Accept=LD)), profile) == set()


def test_nothing_that_the_catalogue_names_here_is_without_an_answer(here: People) -> None:
    named = {term for page in pages(here.anyone) for triple in graph_of(page) for term in triple}
    ours = sorted(
        {str(term) for term in named if isinstance(term, URIRef) and str(term).startswith(MADE_UP_PUBLIC_URL)}
    )
    documents: dict[str, Graph] = {}
    for address in ours:
        document = address.partition("#")[0]
        if document not in documents:
            path = document.removeprefix(MADE_UP_PUBLIC_URL)
            documents[document] = graph_of(here.anyone.asks(path, Accept=TURTLE))
            assert here.anyone.asks(path, Accept=JSON).status_code == 200
        assert (URIRef(address), None, None) in documents[document], address

    assert len(documents) > 4
    assert len(ours) > 30


def test_addresses_begin_with_the_public_one_whatever_host_was_asked(here: People) -> None:
    page = here.anyone.asks(CATALOGUE, Accept=TURTLE, Host="attacker.example", X_Forwarded_Host="attacker.example")

    assert "attacker" not in page.text
    assert URIRef(HERE) in set(graph_of(page).subjects())


def test_pages_together_are_the_whole_catalogue(here: People) -> None:
    whole, parts = Graph(), Graph()
    for page in pages(here.anyone, 100):
        whole += graph_of(page)
    answers = [*pages(here.anyone, 1)]
    for page in answers:
        parts += graph_of(page)

    listed = [item["slug"] for item in here.anyone.asks("/v1/services?limit=500").json()["items"]]
    assert {str(one) for one in parts.subjects(RDF.type, PUBLIC_SERVICE)} == {
        f"{HERE}/services/{one}" for one in listed
    }
    about_pages = URIRef("http://www.w3.org/ns/hydra/core#PartialCollectionView")
    assert without_pages(whole) == without_pages(parts)
    assert len(set(parts.subjects(RDF.type, about_pages))) == len(answers) > len(listed)


def test_a_page_has_the_tag_of_its_bytes_and_is_not_sent_again(here: People) -> None:
    for form in (TURTLE, LD, JSON):
        first = here.anyone.asks(service_of(here), Accept=form)
        digest = urlsafe_b64encode(hashlib.sha256(first.content).digest()).decode().rstrip("=")
        assert first.headers["ETag"] == f'"{digest}"'
        assert first.headers["Vary"] == "Accept"
        assert first.headers["Cache-Control"] == "no-cache"
        for tag in (first.headers["ETag"], f"W/{first.headers['ETag']}", f'"other", {first.headers["ETag"]}', "*"):
            again = here.anyone.asks(service_of(here), Accept=form, If_None_Match=tag)
            assert (again.status_code, again.content) == (304, b"")
            assert (again.headers["ETag"], again.headers["Vary"]) == (first.headers["ETag"], "Accept")
        assert here.anyone.asks(service_of(here), Accept=form, If_None_Match='"other"').status_code == 200


@pytest.mark.parametrize("path", ["", "/terms", "/services/{service}", "/agencies/{agency}"])
@pytest.mark.parametrize("form", [TURTLE, LD, JSON])
def test_head_answers_as_get_without_the_body(here: People, path: str, form: str) -> None:
    address = CATALOGUE + path.format(service=here.service, agency=here.agency)
    got = here.anyone.asks(address, Accept=form)
    head = here.anyone.http.head(address, headers={"Accept": form})

    assert (head.status_code, head.content) == (200, b"")
    for name in ("ETag", "Content-Type", "Content-Length", "Vary"):
        assert head.headers[name] == got.headers[name]


@pytest.mark.parametrize("accept", ["text/html", "application/rdf+xml", "*/*;q=0", "text/turtle;q=0", ""])
@pytest.mark.parametrize("path", ["", "/terms", "/services/nothing", "/agencies/nothing", "/resources/nothing"])
def test_a_form_that_is_not_there_is_refused_and_the_forms_are_named(here: People, path: str, accept: str) -> None:
    answer = here.anyone.asks(f"{CATALOGUE}{path}", Accept=accept)

    problem = assert_problem(answer, 406, "not-acceptable")
    assert problem["detail"] == "This address answers as application/json, application/ld+json, text/turtle."
    assert answer.headers["Vary"] == "Accept"


@pytest.mark.parametrize("kind", ["agencies", "services", "resources"])
def test_what_is_not_there_is_a_problem_in_every_form(here: People, kind: str) -> None:
    for form in (TURTLE, LD, JSON):
        assert_problem(here.anyone.asks(f"{CATALOGUE}/{kind}/nothing", Accept=form), 404, "nothing-of-that-name")


@pytest.mark.parametrize("cursor", ["eA", "cw==", "c2E", "YQ.", "%00", "c0E", "c2EtYi0", "%F0%9F%8F%9B"])
def test_a_cursor_that_no_page_gave_is_refused(here: People, cursor: str) -> None:
    answer = here.anyone.asks(f"{CATALOGUE}?cursor={cursor}", Accept=TURTLE)

    if cursor != "c2E":  # "sa": after the service "a", as a page may have given it
        assert answer.status_code == 400
        assert "cursor" in answer.text or "text-can-be-stored" in answer.text
    else:
        assert answer.status_code == 200


@pytest.mark.parametrize("limit", ["0", "-1", "101", "1e3", "x", "9" * 30])
def test_a_page_has_a_limit(here: People, limit: str) -> None:
    answer = here.anyone.asks(f"{CATALOGUE}?limit={limit}", Accept=LD)

    assert_problem(answer, 400, "request-follows-its-schema")


def test_a_service_keeps_its_address_from_draft_to_withdrawal(here: People) -> None:
    slug = f"{here.service}-later"
    address = f"{CATALOGUE}/services/{slug}"
    itself = URIRef(f"{HERE}/services/{slug}")
    coordinator = here.coordinator
    drafted = coordinator.sends("/v1/services", {"definition": permit(slug, here.agency, "north")})
    assert_problem(here.anyone.asks(address, position=position_of(drafted), Accept=TURTLE), 404, "nothing-of-that-name")
    published = coordinator.sends(f"/v1/services/{slug}/publication", {"version": 1})
    before = graph_of(here.anyone.asks(address, position=position_of(published), Accept=TURTLE))
    coordinator.sends("/v1/services", {"definition": permit(slug, here.agency, "north", description={"en": "New"})})
    withdrawn = coordinator.sends(f"/v1/services/{slug}/withdrawal")
    after = graph_of(here.anyone.asks(address, position=position_of(withdrawn), Accept=TURTLE))

    assert (itself, STATUS, URIRef(f"{HERE}/terms#published")) in before
    assert set(after) - set(before) >= {(itself, STATUS, URIRef(f"{HERE}/terms#withdrawn"))}
    assert (itself, DCTERMS.description, Literal("New", lang="en")) not in after
    assert itself not in {one for page in pages(here.anyone, 100) for one in graph_of(page).subjects()}


def test_a_later_version_is_described_by_the_same_address(here: People) -> None:
    slug, itself = here.service, URIRef(f"{HERE}/services/{here.service}")
    changed = permit(slug, here.agency, "north", title={"en": "Shed permit", "ar": "رخصة «سقيفة»"})
    here.coordinator.sends("/v1/services", {"definition": changed})
    published = here.coordinator.sends(f"/v1/services/{slug}/publication", {"version": 2})
    graph = graph_of(here.anyone.asks(service_of(here), position=position_of(published), Accept=LD))

    assert set(graph.objects(itself, DCTERMS.title)) == {
        Literal("Shed permit", lang="en"),
        Literal("رخصة «سقيفة»", lang="ar"),
    }
