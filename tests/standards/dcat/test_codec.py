# SPDX-License-Identifier: EUPL-1.2
"""The three syntaxes say the same, another reader understands them, and the shapes of DCAT-AP find nothing wrong."""

from __future__ import annotations

from itertools import chain
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from rdflib import RDF, Graph, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, DCTERMS
from tests.standards.dcat.records import CATALOGUES, DATASETS, ROOT
from tests.standards.dcat.shapes import needs_shapes, violations

from stoa.ground.geometry import Box
from stoa.standards.dcat.nodes import box_as_wkt, catalogue_nodes, dataset_nodes
from stoa.standards.dcat.values import Agent, Catalogue, Contact, DatasetRecord
from stoa.standards.rdf.jsonld import JsonLdWriter
from stoa.standards.rdf.turtle import TurtleWriter
from stoa.standards.rdf.values import Node, full_name, iri, literal
from stoa.standards.rdf.writing import PIECE, Writer, written
from stoa.standards.rdf.xml import XmlWriter

WRITERS = {"turtle": TurtleWriter, "xml": XmlWriter, "json-ld": JsonLdWriter}
SLOW = settings(
    phases=[
        Phase.explicit,
        Phase.generate,
    ],  # a graph of hundreds of statements takes minutes to make smaller
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def document(writer: Writer, catalogue: Catalogue, *records: DatasetRecord) -> bytes:
    members = chain.from_iterable(dataset_nodes(one, catalogue=catalogue.iri) for one in records)
    return b"".join(written(chain(catalogue_nodes(catalogue), members), writer))


def read(syntax: str, catalogue: Catalogue, *records: DatasetRecord) -> Graph:
    return Graph().parse(data=document(WRITERS[syntax](), catalogue, *records), format=syntax)


@SLOW
@given(CATALOGUES, DATASETS)
def test_the_three_syntaxes_say_the_same_of_whatever_is_said(
    catalogue: Catalogue, record: DatasetRecord
) -> None:
    turtle, xml, jsonld = (read(syntax, catalogue, record) for syntax in WRITERS)
    assert isomorphic(turtle, xml)
    assert isomorphic(turtle, jsonld)


@pytest.mark.real
@needs_shapes
@SLOW
@given(CATALOGUES, DATASETS)
def test_whatever_is_said_the_shapes_of_dcat_ap_find_nothing_wrong(
    catalogue: Catalogue, record: DatasetRecord
) -> None:
    assert not violations(read("turtle", catalogue, record))


@pytest.mark.real
@needs_shapes
def test_the_shapes_would_have_found_something() -> None:
    graph = read("turtle", _catalogue())
    graph.remove((None, DCTERMS.publisher, None))
    graph.remove((None, RDF.type, URIRef("http://xmlns.com/foaf/0.1/Document")))
    assert "publisher" in violations(graph)


def _catalogue(**more: Any) -> Catalogue:
    city = Agent(f"{ROOT}/#city", {"en": "Here"})
    return Catalogue(f"{ROOT}/catalog", {"en": "Here"}, {"en": "All of it"}, city, f"{ROOT}/", **more)


def _record(n: int, publisher: str = "parks") -> DatasetRecord:
    name = f"{ROOT}/datasets/d{n}"
    agent = Agent(f"{ROOT}/departments/{publisher}", {"en": publisher})
    return DatasetRecord(name, str(n), {"en": f"Data {n}"}, {}, agent, Contact({"en": publisher}), name)


def test_every_dataset_is_a_member_of_the_catalogue() -> None:
    graph = read("turtle", _catalogue(), *map(_record, range(7)))
    members = set(graph.objects(URIRef(f"{ROOT}/catalog"), DCAT.dataset))
    assert (
        members
        == set(graph.subjects(RDF.type, DCAT.Dataset))
        == {URIRef(f"{ROOT}/datasets/d{n}") for n in range(7)}
    )


@pytest.mark.parametrize("syntax", WRITERS)
def test_a_shared_thing_is_described_once_in_a_document(syntax: str) -> None:
    text = document(WRITERS[syntax](), _catalogue(), *map(_record, range(50))).decode()
    assert text.count("departments/parks") in {50, 51}
    assert text.count("foaf:name") < 5


def test_a_document_is_sent_in_pieces_while_it_is_made() -> None:
    asked = []

    def nodes() -> Any:
        for n in range(2_000):
            asked.append(n)
            yield Node(f"{ROOT}/{n}", ["dcat:Dataset"], [("dct:title", literal("x" * 200, "en"))])

    pieces = written(nodes(), TurtleWriter())
    first = next(pieces)
    assert PIECE <= len(first) < 2 * PIECE
    assert len(asked) < 600
    assert len(Graph().parse(data=first + b"".join(pieces), format="turtle")) == 4_000


def test_a_name_with_forbidden_characters_is_escaped_and_stays_a_name() -> None:
    assert iri("https://a.example/ö b<>").value == "https://a.example/ö%20b%3C%3E"
    assert full_name("dct:title") == str(DCTERMS.title)


def test_a_tag_that_is_none_leaves_a_plain_text() -> None:
    assert literal("a", "not a tag").language == ""
    assert literal("a", "DE-ch").language == "de-ch"


def test_a_box_is_a_closed_ring_in_longitude_and_latitude() -> None:
    from shapely import from_wkt

    assert from_wkt(box_as_wkt(Box(7.5, 51.8, 7.8, 52.0))).bounds == (7.5, 51.8, 7.8, 52.0)
