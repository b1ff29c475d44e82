# SPDX-License-Identifier: EUPL-1.2
"""DCAT documents: RDF/XML, Turtle, N-Triples and JSON-LD, whichever they are, whole or damaged."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree
from rdflib import Graph
from rdflib.plugins.parsers.jsonld import to_rdf

from stoa.ground.words import say
from stoa.standards.catalogues import data_json
from stoa.standards.catalogues.dcat_graph import datasets_of
from stoa.standards.catalogues.json_text import Broken, decoded, members
from stoa.standards.catalogues.json_text import whole as whole_json
from stoa.standards.catalogues.turtle_text import statements, with_stops
from stoa.standards.catalogues.values import CatalogueUnreadable, Item, Items, Unreadable
from stoa.standards.catalogues.xml_tree import tree_of

MOST_GRAPH_BYTES = 16 * 1024**2
"""A graph takes some twenty times its text in memory; larger catalogues have to answer in pages."""
_LISTS = frozenset({"dataset", "dcat:dataset", "http://www.w3.org/ns/dcat#dataset"})
_PLAIN_JSON = "project-open-data"
logging.getLogger("rdflib.term").setLevel(logging.ERROR)  # it warns of every careless address, with the text


def read(data: bytes, url: str) -> Items:
    """Datasets of one document, and where the catalogue goes on. Raises `CatalogueUnreadable`."""
    start = data[:2000].lstrip(b"\xef\xbb\xbf\xff\xfe\xfe\xff \t\r\n\0")
    if start[:1] in {b"{", b"["}:
        yield from _read_json(data, url)
    elif start[:1] == b"<" and (b"<?xml" in start[:20] or b"RDF" in start or b"xmlns" in start):
        yield from _read_xml(data, url)
    else:
        yield from _read_turtle(data, url)


def _bounded(data: bytes) -> bytes:
    if len(data) > MOST_GRAPH_BYTES:
        raise CatalogueUnreadable(
            say(
                "This RDF is larger than %(n)s MiB; give an address that answers in pages.",
                n=MOST_GRAPH_BYTES // 1024**2,
            )
        )
    return data


def _read_xml(data: bytes, url: str) -> Items:
    root, mended = tree_of(_bounded(data))
    if mended:
        yield Unreadable("", mended)
    if etree.QName(root).localname == "html":
        raise CatalogueUnreadable(say("This is a web page, no catalogue."))
    try:
        graph = Graph().parse(data=etree.tostring(root), format="xml", publicID=url)
    except Exception as error:  # noqa: BLE001 - the parser raises whatever it stumbles over
        raise CatalogueUnreadable(say("This RDF/XML cannot be read: %(why)s.", why=_short(error))) from None
    yield from datasets_of(graph, url)


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:150] or type(error).__name__


def _read_turtle(data: bytes, url: str) -> Items:
    text, guessed = decoded(_bounded(data))
    if guessed:
        yield Unreadable("", guessed)
    graph = Graph()
    try:
        graph.parse(data=text, format="turtle", publicID=url)
    except Exception as error:  # noqa: BLE001 - as above
        graph = Graph()
        yield Unreadable(
            "",
            say(
                "The Turtle is broken (%(why)s); statement by statement, the rest was taken.",
                why=_turtle_error(error),
            ),
        )
        yield from _piecewise(graph, with_stops(text), url)
    if not len(graph):
        raise CatalogueUnreadable(say("There is no RDF in it that can be read."))
    yield from datasets_of(graph, url)


def _turtle_error(error: Exception) -> str:
    """The mistake and its line, without the text around it."""
    message = getattr(error, "_why", None) or type(error).__name__
    line = getattr(error, "lines", None)
    return f"{message}, line {line + 1}"[:150] if isinstance(line, int) else str(message)[:150]


def _piecewise(graph: Graph, text: str, url: str) -> Iterator[Unreadable]:
    """Every statement by itself, with the prefixes that were told before it; broken ones are told."""
    directives: list[str] = []
    for line, statement in statements(text):
        is_directive = statement.lstrip()[:7].lower().startswith(("@prefix", "@base", "prefix", "base"))
        try:
            part = Graph().parse(data="\n".join([*directives, statement]), format="turtle", publicID=url)
        except Exception as error:  # noqa: BLE001 - as above
            yield Unreadable("", say("Line %(line)s: %(why)s", line=line, why=_turtle_error(error)))
            continue
        if is_directive:
            directives.append(statement)
        for triple in part:
            graph.add(triple)


def _read_json(data: bytes, url: str) -> Items:
    text, guessed = decoded(data)
    if guessed:
        yield Unreadable("", guessed)
    if text.lstrip()[:1] == "[":
        yield from _whole(text, data, url)
        return
    head = {key: value for key, value in members(text, _LISTS) if key not in _LISTS}
    if _PLAIN_JSON in str(head.get("conformsTo", "")) + str(head.get("@context", "")) or (
        "@context" not in head and any(key == "dataset" for key, _value in members(text, _LISTS))
    ):
        yield from _listed(text, lambda value: iter([data_json.one(value, url)]))
    elif any(_is_told(value) for key, value in members(text, _LISTS) if key in _LISTS):
        context = head.get("@context", {})
        yield from _listed(text, lambda value: _one(value, context, url))
    else:
        yield from _whole(text, data, url)


def _is_plain(head: Mapping[str, Any], text: str) -> bool:
    """Whether it is a data.json: it says so, or it has datasets and no context."""
    if _PLAIN_JSON in str(head.get("conformsTo", "")) + str(head.get("@context", ""))[:1000]:
        return True
    return "@context" not in head and any(key == "dataset" for key, _value in members(text, _LISTS))


def _is_told(value: object) -> bool:
    """Whether a dataset stands in the list itself, not only its name."""
    return isinstance(value, dict) and len(value) > 2


def _listed(text: str, read_one: Any) -> Items:
    for key, value in members(text, _LISTS):
        if isinstance(value, Broken):
            yield Unreadable("", value.why)
        elif key in _LISTS:
            yield from read_one(value)


def _one(value: Any, context: Any, url: str) -> Iterator[Item]:
    """One dataset of a JSON-LD catalogue in a graph of its own, so that memory does not grow with the catalogue."""
    if not isinstance(value, dict):
        yield Unreadable("", say("An entry is no dataset."))
        return
    try:
        found = [*datasets_of(_graph({"@context": context, **value}, url), url)]
    except CatalogueUnreadable as error:
        yield Unreadable(str(value.get("@id", ""))[:200], error.why)
        return
    yield from found or [Unreadable(str(value.get("@id", ""))[:200], say("An entry is no dataset."))]


def _whole(text: str, data: bytes, url: str) -> Items:
    _bounded(data)
    yield from datasets_of(_graph(whole_json(text), url), url)


def _graph(value: Any, url: str) -> Graph:
    try:
        graph: Graph = to_rdf(without_foreign(value), Graph(), base=url)
    except Exception as error:  # noqa: BLE001 - as above
        raise CatalogueUnreadable(say("This JSON-LD cannot be read: %(why)s.", why=_short(error))) from None
    return graph


def without_foreign(value: Any) -> Any:
    """The same JSON-LD without contexts that would have to be fetched: a reader must call nobody."""
    if isinstance(value, list):
        return [without_foreign(one) for one in value]
    if not isinstance(value, Mapping):
        return value
    return {key: _context(one) if key == "@context" else without_foreign(one) for key, one in value.items()}


def _context(value: Any) -> Any:
    if isinstance(value, str):
        return {}
    if isinstance(value, list):
        return [_context(one) for one in value]
    if isinstance(value, Mapping):
        return {
            key: _context(one) if key == "@context" else _inner(one)
            for key, one in value.items()
            if key != "@import"
        }
    return value


def _inner(value: Any) -> Any:
    """A term's definition, which may have a context of its own."""
    if isinstance(value, Mapping):
        return {
            key: _context(one) if key == "@context" else one for key, one in value.items() if key != "@import"
        }
    return value
