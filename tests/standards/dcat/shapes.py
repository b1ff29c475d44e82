# SPDX-License-Identifier: EUPL-1.2
"""The shapes of DCAT-AP 3.0.1 as published; tests that need them are skipped with the reason where they are absent."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest
from rdflib import Graph, Namespace

FOLDER = Path(os.environ.get("STOA_SCHEMAS") or Path(__file__).parents[4] / "shared" / "schemas")
FILE = FOLDER / "dcat-ap-3.0.1-shacl.ttl"
SH = Namespace("http://www.w3.org/ns/shacl#")
needs_shapes = pytest.mark.skipif(not FILE.is_file(), reason=f"there are no shapes at {FILE} (STOA_SCHEMAS)")


@cache
def shapes() -> Graph:
    """The shapes, without those of properties that name no property: they can find nothing and stop a validator."""
    graph = Graph().parse(FILE)
    for shape, _property, constraint in list(graph.triples((None, SH.property, None))):
        if graph.value(constraint, SH.path) is None:
            graph.remove((shape, SH.property, constraint))
    return graph


def violations(graph: Graph) -> str:
    """What the shapes find wrong; empty: nothing. Nothing is inferred: the document must say everything itself."""
    from pyshacl import validate

    fine, _graph, text = validate(graph, shacl_graph=shapes(), inference="none")
    return "" if fine else str(text)
