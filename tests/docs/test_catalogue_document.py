"""The catalogue's page: its commands run as they stand but for the port, and it names every word of our own."""

import re
from collections.abc import Sequence

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS

from api.linked_data.terms import PROPERTIES
from tests.cli.conftest import served, shared_data
from tests.cli.running import ROOT, Served
from tests.docs.terminal import typed
from tests.linked_data.judging import PROFILES, faults

__all__ = ["served", "shared_data"]

DOCUMENT = (ROOT / "docs" / "catalogue.md").read_text()
USUAL = "http://127.0.0.1:8000"
LANGUAGES = {"az", "en", "ru", "ar"}


@pytest.fixture
def answers(served: Served) -> Sequence[Graph]:
    """What the document's two commands print: the catalogue, and a service."""
    [block] = re.findall(r"^```sh\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
    commands = block.replace(USUAL, served.address).splitlines()
    environment = {"PATH": "/usr/bin:/bin"}
    printed = [typed(command, ROOT, environment) for command in commands]
    forms = ("turtle", "json-ld")
    return [Graph().parse(data=each, format=form) for each, form in zip(printed, forms, strict=True)]


@pytest.mark.parametrize("profile", PROFILES)
def test_what_the_commands_print_conforms(answers: Sequence[Graph], profile: str) -> None:
    for graph in answers:
        assert faults(graph, profile) == set()


def test_the_demonstrations_texts_come_in_all_its_languages(answers: Sequence[Graph], served: Served) -> None:
    catalogue, service = answers
    itself = URIRef(f"{served.address}/v1/catalogue/services/child-benefit")

    for graph in (catalogue, service):
        assert {getattr(text, "language", None) for text in graph.objects(itself, DCTERMS.title)} == LANGUAGES
    assert set(service) <= set(catalogue)


def test_while_developing_the_addresses_lead_to_the_window_itself(answers: Sequence[Graph], served: Served) -> None:
    named = {str(term) for triple in answers[1] for term in triple if isinstance(term, URIRef)}
    documents = {one.partition("#")[0] for one in named if one.startswith(served.address)}

    assert len(documents) >= 3
    for one in documents:
        assert served.get(one.removeprefix(served.address)).status_code == 200


def test_the_document_names_every_property_of_our_own() -> None:
    section = DOCUMENT.partition("## Our own properties")[2].partition("\n## ")[0]

    assert {one.name.removeprefix("pencere:") for one in PROPERTIES} <= set(re.findall(r"`(\w+)`", section))
