# SPDX-License-Identifier: EUPL-1.2
"""DCAT and DCAT-AP: from an RDF graph to the datasets in it, as careless as real catalogues are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import unquote

from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, RDFS, SKOS
from rdflib.term import Node

from stoa.ground.geometry import Box
from stoa.ground.words import LanguageText, say
from stoa.standards.catalogues.cleaning import day, line, mail, plain, web, when, whole, words
from stoa.standards.catalogues.geometry_text import box_of
from stoa.standards.catalogues.values import (
    MOST_FILES,
    Items,
    Next,
    RemoteDataset,
    RemoteFile,
    Total,
    Unreadable,
)
from stoa.standards.feature_pages import leads_to_data

HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
LOCN = Namespace("http://www.w3.org/ns/locn#")
SCHEMA = Namespace("http://schema.org/")
_NAMES = (FOAF.name, VCARD.fn, VCARD["organization-name"], SKOS.prefLabel, RDFS.label, DCTERMS.title)
_ACCESS = (DCAT.accessURL, URIRef(f"{DCAT}accessUrl"))
_DOWNLOAD = (DCAT.downloadURL, URIRef(f"{DCAT}downloadUrl"))
_SHORTEST_ID = 16
"""A shorter identifier is probably not unique: the address of the dataset names it then."""


def datasets_of(graph: Graph, url: str) -> Items:
    """Every dataset in a graph, in an order that does not change, and where the catalogue goes on."""
    for next_page in _all(graph, None, HYDRA.next, HYDRA.nextPage):
        address = web(str(next_page), url)
        if address:
            yield Next(address)
    for count in _all(graph, None, HYDRA.totalItems)[:1]:
        yield Total(whole(str(count)) or 0)
    subjects = {one for kind in (DCAT.Dataset,) for one in graph.subjects(RDF.type, kind)}
    for subject in sorted(subjects, key=lambda one: _order(graph, one)):
        yield dataset_of(graph, subject, url)


def _order(graph: Graph, subject: Node) -> tuple[bool, str]:
    """Blank nodes are named anew at every reading, so they are ordered by what they say."""
    if not isinstance(subject, BNode):
        return False, str(subject)
    return True, "|".join(
        sorted(f"{p} {o}" for p, o in graph.predicate_objects(subject) if isinstance(o, Literal))
    )


def dataset_of(graph: Graph, subject: Node, url: str) -> RemoteDataset | Unreadable:
    """One dataset of a graph."""
    uri = web(str(subject)) if isinstance(subject, URIRef) else ""
    told = line(_first_text(graph, subject, DCTERMS.identifier), 500)
    id_ = told if len(told) >= _SHORTEST_ID or not uri else uri
    title = texts(graph, subject, 300, DCTERMS.title, RDFS.label)
    if not id_:
        return Unreadable(next(iter(title.values()), "")[:200], say("It has no identifier."))
    if not title:
        return Unreadable(id_, say("It has no title."))
    if any(str(right).endswith("NON_PUBLIC") for right in _all(graph, subject, DCTERMS.accessRights)):
        return Unreadable(id_, say("It is not public there."))
    page, files, lost = _files(graph, subject, uri, url)
    return RemoteDataset(
        id=id_[:500],
        title=title,
        description=texts(graph, subject, 20_000, DCTERMS.description),
        uri=uri,
        landing_page=next((web(str(p), url) for p in _all(graph, subject, DCAT.landingPage)), "") or page,
        publisher=_publisher(graph, subject),
        contact=_contact(graph, subject),
        keywords=words([str(word) for word in _all(graph, subject, DCAT.keyword)]),
        themes=tuple(_term(graph, theme) for theme in _all(graph, subject, DCAT.theme))[:20],
        licences=_licences(graph, subject),
        frequency=next((_term(graph, f) for f in _all(graph, subject, DCTERMS.accrualPeriodicity)), ""),
        spatial=_place(graph, subject),
        box=_box(graph, subject),
        period=_period(graph, subject),
        issued=_when(graph, subject, DCTERMS.issued),
        modified=_when(graph, subject, DCTERMS.modified),
        files=files[:MOST_FILES],
        notes=(say("%(n)s files have no usable address.", n=lost),) if lost else (),
    )


def _all(graph: Graph, subject: Node | None, *predicates: URIRef) -> list[Node]:
    """Everything said by these predicates, literals first, in a fixed order."""
    found = {o for predicate in predicates for o in graph.objects(subject, predicate)}
    return sorted(found, key=lambda one: (not isinstance(one, Literal), isinstance(one, BNode), str(one)))


def _first_text(graph: Graph, subject: Node, *predicates: URIRef) -> str:
    return next((str(one) for one in _all(graph, subject, *predicates) if not isinstance(one, BNode)), "")


def texts(graph: Graph, subject: Node, most: int, *predicates: URIRef) -> LanguageText:
    """Literals by language; of several in one language the longest."""
    found: dict[str, str] = {}
    for predicate in predicates:
        for one in sorted(graph.objects(subject, predicate), key=str):
            if isinstance(one, Literal):
                tag, text = str(one.language or "")[:20], plain(str(one), most)
                if len(text) > len(found.get(tag, "")):
                    found[tag] = text
        if found:
            break
    return found


def _name(graph: Graph, node: Node) -> str:
    if isinstance(node, Literal):
        return line(str(node))
    for predicate in _NAMES:
        for text in texts(graph, node, 300, predicate).values():
            return line(text)
    return ""


def _term(graph: Graph, node: Node) -> str:
    """A term of a vocabulary: its address if it has one, else its words."""
    return str(node)[:300] if isinstance(node, URIRef) else _name(graph, node)


def _publisher(graph: Graph, subject: Node) -> str:
    found = _all(graph, subject, DCTERMS.publisher) or _all(graph, subject, DCTERMS.creator)
    return next((name for name in (_name(graph, node) for node in found) if name), "")


def _contact(graph: Graph, subject: Node) -> str:
    for point in _all(graph, subject, DCAT.contactPoint):
        for address in _all(graph, point, VCARD.hasEmail, VCARD.email):
            kept = mail(str(address)) or mail(_first_text(graph, address, VCARD.hasValue))
            if kept:
                return kept
    return ""


def _licences(graph: Graph, subject: Node) -> tuple[str, ...]:
    """Hints on the dataset; what its files say is kept with them."""
    found = _all(graph, subject, DCTERMS.license, DCTERMS.rights)
    hints = [hint for node in found for hint in (_term(graph, node), _name(graph, node))]
    return tuple(dict.fromkeys(line(hint) for hint in hints if hint))[:10]


def _files(graph: Graph, subject: Node, uri: str, url: str) -> tuple[str, tuple[RemoteFile, ...], int]:
    """The page for people if a file is nothing else, the files, and how many had no address."""
    page, files, lost = "", [], 0
    found = sorted(_all(graph, subject, DCAT.distribution), key=lambda one: _order(graph, one))
    for node in found:
        file = _file(graph, node, url)
        if file is None:
            lost += 1
        elif file.format == "HTML" and uri and file.url == uri:
            page = file.url
        else:
            files.append(file)
    return page, (*files, *_services(graph, subject, url)), lost


def _file(graph: Graph, node: Node, url: str) -> RemoteFile | None:
    download = web(_first_text(graph, node, *_DOWNLOAD), url)
    itself = web(str(node)) if isinstance(node, URIRef) else ""
    address = download or web(_first_text(graph, node, *_ACCESS), url) or itself
    if not address:
        return None
    licences = _all(graph, node, DCTERMS.license, DCTERMS.rights)
    return RemoteFile(
        url=address,
        title=_any(texts(graph, node, 300, DCTERMS.title)),
        description=_any(texts(graph, node, 2000, DCTERMS.description)),
        is_download=bool(download) or leads_to_data(address),
        format=next((_format(graph, one) for one in _all(graph, node, DCTERMS["format"])), ""),
        media_type=next((_media_type(graph, one) for one in _all(graph, node, DCAT.mediaType)), ""),
        licence=next((line(_term(graph, one)) for one in licences if _term(graph, one)), ""),
        bytes=whole(_first_text(graph, node, DCAT.byteSize)),
    )


def _services(graph: Graph, subject: Node, url: str) -> Iterator[RemoteFile]:
    for service in sorted(graph.subjects(DCAT.servesDataset, subject), key=str):
        address = web(_first_text(graph, service, DCAT.endpointURL), url)
        if address:
            title = _any(texts(graph, service, 300, DCTERMS.title))
            yield RemoteFile(url=address, title=title, format="API")


def _any(found: LanguageText) -> str:
    return next(iter(found.values()), "")


def _tail(address: str) -> str:
    return unquote(address.rstrip("/").rsplit("/", 1)[-1].rsplit("#", 1)[-1])


def _format(graph: Graph, node: Node) -> str:
    text = _name(graph, node) or (_tail(str(node)) if isinstance(node, URIRef) else "")
    return line(text, 40).upper()


def _media_type(graph: Graph, node: Node) -> str:
    text = str(node) if isinstance(node, (URIRef, Literal)) else _name(graph, node)
    return line("/".join(text.rstrip("/").split("/")[-2:]), 120).lower()


def _place(graph: Graph, subject: Node) -> str:
    for node in _all(graph, subject, DCTERMS.spatial):
        name = _name(graph, node)
        if name and not name.startswith("{") and not name.upper().startswith(("POLYGON", "POINT", "MULTI")):
            return name[:200]
    return ""


def _box(graph: Graph, subject: Node) -> Box | None:
    for node in _all(graph, subject, DCTERMS.spatial):
        for text in [node, *_all(graph, node, DCAT.bbox, LOCN.geometry, DCAT.centroid)]:
            found = box_of(str(text)) if isinstance(text, Literal) else None
            if found is not None:
                return found
    return None


def _period(graph: Graph, subject: Node) -> tuple[date | None, date | None]:
    for node in _all(graph, subject, DCTERMS.temporal):
        start = day(_first_text(graph, node, DCAT.startDate, SCHEMA.startDate))
        end = day(_first_text(graph, node, DCAT.endDate, SCHEMA.endDate))
        if start or end:
            return start, end
    return None, None


def _when(graph: Graph, subject: Node, predicate: URIRef) -> Any:
    return next(
        (found for found in (when(str(one)) for one in _all(graph, subject, predicate)) if found), None
    )
