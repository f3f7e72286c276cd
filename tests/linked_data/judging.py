"""Judges a graph by SHACL shapes: by SEMIC's own where they lie beside the project, and by a few small ones always."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from pyshacl import validate
from rdflib import Graph, URIRef
from rdflib.namespace import SH

from api.linked_data.addresses import Addresses
from api.linked_data.notations import turtle
from api.linked_data.statements import Statement, gathered
from tests.cli.running import ROOT

PROFILES: Final = {
    "small": Path(__file__).parent / "small_shapes.ttl",
    "cpsv-ap": ROOT.parent / "shared" / "data" / "cpsv-ap-3.2.0-shapes.ttl",
    "bregdcat-ap": ROOT.parent / "shared" / "data" / "bregdcat-ap-2.00-shapes.ttl",
}
ADDRESSES: Final = Addresses("https://window.example")
PRODUCES: Final = URIRef("http://purl.org/vocab/cpsv#produces")

Violation = tuple[URIRef, URIRef | None]
"""The thing that breaks a shape, and by which property."""


@cache
def shapes(profile: str) -> Graph:
    """Return the shapes of a profile; a checkout without ../shared skips those that are not the project's own."""
    if not PROFILES[profile].exists():
        pytest.skip(f"{PROFILES[profile].name} is not there: judged by the small shapes only")
    return Graph().parse(PROFILES[profile])


def graph_of(statements: Iterable[Statement], addresses: Addresses = ADDRESSES) -> Graph:
    """Return what a reader of the Turtle has."""
    return Graph().parse(data=turtle(gathered(statements), addresses.prefixes), format="turtle")


def violations(graph: Graph, profile: str) -> set[Violation]:
    """Return what breaks the profile's shapes."""
    _, report, _ = validate(graph, shacl_graph=shapes(profile))
    assert isinstance(report, Graph)
    found: set[Violation] = set()
    for result in report.objects(None, SH.result):  # what a result is made of in detail is no violation of its own
        focus, path = report.value(result, SH.focusNode), report.value(result, SH.resultPath)
        assert isinstance(focus, URIRef)
        assert path is None or isinstance(path, URIRef)
        found.add((focus, path))
    return found


def faults(graph: Graph, profile: str) -> set[Violation]:
    """Return what breaks the profile's shapes, without the one demand that contradicts CPSV-AP.

    BRegDCAT-AP 2.00 wants whatever a public service produces to be a dataset, a catalogue or a data service. CPSV-AP
    wants it to be an output, and a permit is none of the three.
    """
    return {one for one in violations(graph, profile) if (profile, one[1]) != ("bregdcat-ap", PRODUCES)}
