# SPDX-License-Identifier: EUPL-1.2
"""From values to nodes. Things that are pointed to are described too, if only by type and label, because readers
check the class of what a property points to (DCAT-AP 3.0.1, "Validation of DCAT-AP")."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from urllib.parse import quote

from stoa.ground.geometry import Box
from stoa.ground.words import LanguageText
from stoa.standards.dcat.values import (
    Agent,
    Catalogue,
    Concept,
    Contact,
    DataService,
    DatasetRecord,
    Distribution,
    Licence,
    Paging,
    Place,
    Release,
)
from stoa.standards.rdf.values import Node, Value, iri, literal, spoken, typed, words
from stoa.standards.vocabularies import HVD_LAW

Fact = tuple[str, Value]
MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"


def catalogue_nodes(catalogue: Catalogue) -> Iterator[Node]:
    """The catalogue, its services, and the page of it that this is; datasets follow by `dataset_nodes`."""
    types = ["dcat:Catalog"]
    facts: list[Fact] = [
        *_named(catalogue.title, catalogue.description),
        ("dct:publisher", _agent(catalogue.publisher)),
        ("foaf:homepage", _document(catalogue.homepage)),
        *(("dct:language", _concept(one, "dct:LinguisticSystem")) for one in catalogue.languages),
        *(("dcat:themeTaxonomy", _scheme(one)) for one in catalogue.taxonomies),
        *_dates(catalogue.issued, catalogue.modified),
    ]
    if catalogue.licence:
        facts.append(("dct:license", _licence(catalogue.licence)))
    facts += _spatial(catalogue.place)
    facts += [("dcat:service", iri(service.iri)) for service in catalogue.services]
    if catalogue.paging:
        types.append("hydra:Collection")
        facts.append(("hydra:totalItems", typed(str(catalogue.paging.total), "xsd:integer")))
        facts.append(("hydra:view", iri(catalogue.paging.here)))
    yield Node(iri(catalogue.iri).value, types, facts)
    if catalogue.paging:
        yield _view(catalogue.paging)
    for service in catalogue.services:
        yield service_node(service)


def dataset_nodes(record: DatasetRecord, *, catalogue: str = "") -> Iterator[Node]:
    """A dataset with all that belongs to it; membership in a catalogue and what serves it stand in nodes of their
    own, so that neither has to wait for the last dataset."""
    name = iri(record.iri)
    law = _law() if record.hvd_categories else []
    facts: list[Fact] = [
        *_named(record.title, record.description),
        *([("dct:identifier", literal(record.identifier))] if record.identifier else []),
        ("dct:publisher", _agent(record.publisher)),
        ("dcat:contactPoint", _contact(record.contact)),
        ("dcat:landingPage", _document(record.page)),
        *(("dcat:landingPage", _document(page)) for page in record.pages),
        *(("dcat:theme", _concept(theme)) for theme in record.themes),
        *(("dcat:keyword", literal(word)) for word in record.keywords if spoken(word).strip()),
        *_about_dataset(record),
        *law,
        *(("dcatap:hvdCategory", _concept(category)) for category in record.hvd_categories),
        *(("dcat:distribution", _distribution(one, record, law)) for one in record.distributions),
        *(("dcat:hasVersion", _release(one, record)) for one in record.releases),
    ]
    yield Node(name.value, ["dcat:Dataset"], facts)
    if catalogue:
        yield Node(iri(catalogue).value, [], [("dcat:dataset", name)])
    for service in record.services:
        yield Node(iri(service).value, [], [("dcat:servesDataset", name)])


def _about_dataset(record: DatasetRecord) -> list[Fact]:
    facts: list[Fact] = [("dct:language", _concept(one, "dct:LinguisticSystem")) for one in record.languages]
    if record.frequency:
        facts.append(("dct:accrualPeriodicity", _concept(record.frequency, "dct:Frequency")))
    if record.access:
        facts.append(("dct:accessRights", _concept(record.access, "dct:RightsStatement")))
    facts += [*_spatial(record.place), *_temporal(*record.period), *_dates(record.issued, record.modified)]
    if record.conforms_to:
        facts.append(("dct:conformsTo", _standard(record.conforms_to)))
    if record.provenance:
        source = [("rdfs:label", literal(record.provenance))]
        facts.append(("dct:provenance", Node("", ["dct:ProvenanceStatement"], source)))
    if record.version:
        facts.append(("dcat:version", literal(record.version)))
    if record.version_notes:
        facts.append(("adms:versionNotes", literal(record.version_notes)))
    return facts


def service_node(service: DataService) -> Node:
    """A data service."""
    facts: list[Fact] = [
        *words("dct:title", service.title),
        *words("dct:description", service.description),
        ("dcat:endpointURL", iri(service.endpoint)),
        ("dct:publisher", _agent(service.publisher)),
        ("dcat:contactPoint", _contact(service.contact)),
    ]
    if service.endpoint_description:
        facts.append(("dcat:endpointDescription", iri(service.endpoint_description)))
    if service.standard:
        facts.append(("dct:conformsTo", _standard(service.standard)))
    if service.documentation:
        facts.append(("foaf:page", _document(service.documentation)))
    if service.access:
        facts.append(("dct:accessRights", _concept(service.access, "dct:RightsStatement")))
    if service.licence:
        facts.append(("dct:license", _licence(service.licence)))
    if service.hvd_categories:
        facts += _law()
        facts += [("dcatap:hvdCategory", _concept(category)) for category in service.hvd_categories]
    return Node(iri(service.iri).value, ["dcat:DataService"], facts)


def _distribution(one: Distribution, record: DatasetRecord, law: list[Fact]) -> Node:
    facts: list[Fact] = [
        *words("dct:title", one.title),
        *words("dct:description", one.description),
        ("dcat:accessURL", iri(one.access_url)),
        *law,
    ]
    if one.download_url:
        facts.append(("dcat:downloadURL", iri(one.download_url)))
    if one.format:
        facts.append(("dct:format", _concept(one.format, "dct:MediaTypeOrExtent")))
    if one.media_type:
        facts.append(("dcat:mediaType", _media_type(one.media_type)))
    if one.bytes is not None:
        facts.append(("dcat:byteSize", typed(str(one.bytes), "xsd:nonNegativeInteger")))
    if one.checksum:
        facts.append(("spdx:checksum", _checksum(one.checksum.algorithm, one.checksum.hex)))
    if one.licence:
        facts.append(("dct:license", _licence(one.licence)))
    if one.rights:
        facts.append(("dct:rights", Node("", ["dct:RightsStatement"], words("rdfs:label", one.rights))))
    if one.availability:
        facts.append(("dcatap:availability", _concept(one.availability)))
    if one.service:
        facts.append(("dcat:accessService", iri(one.service)))
    facts += [("dct:language", _concept(each, "dct:LinguisticSystem")) for each in record.languages]
    facts += _dates(one.issued, one.modified)
    return Node(iri(one.iri).value, ["dcat:Distribution"], facts)


def _release(one: Release, record: DatasetRecord) -> Node:
    law = _law() if record.hvd_categories else []
    facts: list[Fact] = [
        *_named(one.title, one.description),
        ("dcat:version", literal(one.number)),
        ("dcat:isVersionOf", iri(record.iri)),
        ("dct:publisher", _agent(record.publisher)),
        *([("adms:versionNotes", literal(one.notes))] if one.notes else []),
        *_dates(one.issued, None),
        *law,
        *(("dcatap:hvdCategory", _concept(category)) for category in record.hvd_categories),
        *(("dcat:distribution", _distribution(each, record, law)) for each in one.distributions),
    ]
    return Node(iri(one.iri).value, ["dcat:Dataset"], facts)


def _named(title: LanguageText, description: LanguageText) -> list[Fact]:
    """Both are mandatory: what has no words is said to be untitled, a missing description repeats the title."""
    titles = words("dct:title", title) or [("dct:title", literal("Untitled", "en"))]
    told = words("dct:description", description)
    return titles + (told or [("dct:description", value) for _name, value in titles])


def _agent(agent: Agent) -> Node:
    facts = words("foaf:name", agent.name) or [("foaf:name", literal(agent.iri))]
    if agent.kind:
        facts.append(("dct:type", _concept(agent.kind)))
    return Node(iri(agent.iri).value, ["foaf:Agent"], facts, is_shared=True)


def _contact(contact: Contact) -> Node:
    facts = words("vcard:fn", contact.name)
    if contact.email:
        facts.append(("vcard:hasEmail", iri(f"mailto:{quote(contact.email, safe='@+!$&*-=^_~.')}")))
    if contact.page:
        facts.append(("vcard:hasURL", iri(contact.page)))
    return Node("", ["vcard:Organization", "vcard:Kind"], facts)


@lru_cache(maxsize=2048)
def _concept(concept: Concept, kind: str = "") -> Node:
    label = words("skos:prefLabel", concept.label) or [("skos:prefLabel", literal(concept.iri))]
    scheme = [("skos:inScheme", iri(concept.scheme))] if concept.scheme else []
    types = [kind, "skos:Concept"] if kind else ["skos:Concept"]
    return Node(iri(concept.iri).value, types, [*label, *scheme], is_shared=True)


def _scheme(concept: Concept) -> Node:
    facts = words("dct:title", concept.label)
    return Node(iri(concept.iri).value, ["skos:ConceptScheme"], facts, is_shared=True)


@lru_cache(maxsize=2048)
def _licence(licence: Licence) -> Node:
    link: list[Fact] = [("rdfs:seeAlso", iri(licence.link))] if licence.link else []
    facts = [*words("dct:title", licence.title), *link]
    return Node(iri(licence.iri).value, ["dct:LicenseDocument"], facts, is_shared=True)


@lru_cache(maxsize=2048)
def _media_type(media_type: str) -> Node:
    return Node(
        iri(MEDIA_TYPES + media_type).value,
        ["dct:MediaType"],
        [("rdfs:label", literal(media_type))],
        is_shared=True,
    )


def _document(place: str) -> Node:
    return Node(iri(place).value, ["foaf:Document"], [])


def _standard(place: str) -> Node:
    return Node(iri(place).value, ["dct:Standard"], [], is_shared=True)


def _law() -> list[Fact]:
    return [("dcatap:applicableLegislation", Node(HVD_LAW, ["eli:LegalResource"], [], is_shared=True))]


def _checksum(algorithm: str, digest: str) -> Node:
    name = f"http://spdx.org/rdf/terms#checksumAlgorithm_{algorithm}"
    kind = Node(name, ["spdx:ChecksumAlgorithm"], [], is_shared=True)
    value = typed(digest, "xsd:hexBinary")
    return Node("", ["spdx:Checksum"], [("spdx:algorithm", kind), ("spdx:checksumValue", value)])


def _spatial(place: Place | None) -> list[Fact]:
    if place is None:
        return []
    facts = words("skos:prefLabel", place.name)
    if place.box:
        facts.append(("dcat:bbox", typed(box_as_wkt(place.box), "geo:wktLiteral")))
    return [("dct:spatial", Node("", ["dct:Location"], facts))] if facts else []


def box_as_wkt(box: Box) -> str:
    """A box as a polygon in longitude and latitude (CRS84, which a `geo:wktLiteral` has by itself).

    >>> box_as_wkt(Box(7.5, 51.8, 7.8, 52))
    'POLYGON((7.5 51.8,7.8 51.8,7.8 52.0,7.5 52.0,7.5 51.8))'
    """
    west, south, east, north = (repr(float(edge)) for edge in box)
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return f"POLYGON(({','.join(f'{x} {y}' for x, y in corners)}))"


def _temporal(first: date | None, last: date | None) -> list[Fact]:
    facts: list[Fact] = []
    if first:
        facts.append(("dcat:startDate", typed(first.isoformat(), "xsd:date")))
    if last:
        facts.append(("dcat:endDate", typed(last.isoformat(), "xsd:date")))
    return [("dct:temporal", Node("", ["dct:PeriodOfTime"], facts))] if facts else []


def _dates(issued: datetime | None, modified: datetime | None) -> list[Fact]:
    told = (("dct:issued", issued), ("dct:modified", modified))
    return [(name, typed(instant(when), "xsd:dateTime")) for name, when in told if when]


@lru_cache(maxsize=2048)
def instant(when: datetime) -> str:
    """To the second, in UTC."""
    return when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _view(paging: Paging) -> Node:
    """A page of the catalogue (Hydra core vocabulary, section 5.4)."""
    links = (
        ("first", paging.first),
        ("previous", paging.previous),
        ("next", paging.next),
        ("last", paging.last),
    )
    facts: list[Fact] = [(f"hydra:{name}", iri(place)) for name, place in links if place]
    facts.append(("hydra:itemsPerPage", typed(str(paging.per_page), "xsd:integer")))
    facts.append(("hydra:totalItems", typed(str(paging.total), "xsd:integer")))
    return Node(iri(paging.here).value, ["hydra:PartialCollectionView"], facts)
