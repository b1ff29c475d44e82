# SPDX-License-Identifier: EUPL-1.2
"""Catalogues that hypothesis invents: every combination of what may be said or left out, with hostile words."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from stoa.ground.geometry import Box
from stoa.standards.dcat.values import (
    Agent,
    Catalogue,
    Checksum,
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

ROOT = "https://portal.example/c/here"
NASTY = st.sampled_from(
    [
        'say "no" \\ <b>&amp;</b>',
        "line\nline\r\nline\ttab",
        "\x00\x0b\ufffe broken",
        "Bäume 🌳 日本",
        "]]> '''\"\"\" \\u0041 ^^xsd:date @en .",
        " ",
        "",
        "{a} $b %c",
        "e\u0301 \u2028 \x85 end",
    ]
)
TEXTS = NASTY | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
TAGS = st.sampled_from(["de", "en", "de-CH", "sr-Latn", "", "not a tag", '"><x'])
WORDS = st.dictionaries(TAGS, TEXTS, max_size=3)
PLACES = st.sampled_from(
    [
        "https://example.org/a",
        "https://example.org/ü?a=b&c=d#e",
        'http://example.org/a b"<>{}|^`\\',
        f"{ROOT}/datasets/trees",
        "http://publications.europa.eu/resource/authority/licence/CC0",
    ]
)
DAYS = st.dates(date(1200, 1, 1), date(2900, 1, 1))
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
CONCEPTS = st.builds(Concept, PLACES, WORDS, st.just("") | PLACES)
LICENCES = st.builds(Licence, PLACES, WORDS, st.just("") | PLACES)
AGENTS = st.builds(Agent, PLACES, WORDS, st.none() | CONCEPTS)
CONTACTS = st.builds(
    Contact, WORDS, st.sampled_from(["", "a@b.example", 'q"{x}|y^`z\\%@b.example']), st.just("") | PLACES
)
BOXES = st.builds(Box, *(st.floats(-180, 180) for _ in range(4)))
AREAS = st.builds(Place, WORDS, st.none() | BOXES)
SUMS = st.builds(Checksum, st.just("sha256"), st.binary(max_size=8).map(bytes.hex))


def maybe(what: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | what


DISTRIBUTIONS = st.builds(
    Distribution,
    st.integers(0, 3).map(f"{ROOT}/datasets/trees#{{}}".format),
    WORDS,
    PLACES,
    st.just("") | PLACES,
    description=WORDS,
    format=maybe(CONCEPTS),
    media_type=st.sampled_from(["", "text/csv"]),
    bytes=maybe(st.integers(0, 2**60)),
    checksum=maybe(SUMS),
    licence=maybe(LICENCES),
    rights=WORDS,
    availability=maybe(CONCEPTS),
    issued=maybe(MOMENTS),
    modified=maybe(MOMENTS),
    service=st.just("") | st.just(f"{ROOT}/catalog#service-one"),
)


def _numbered(found: list[Distribution]) -> tuple[Distribution, ...]:
    """Each of its own name, as the gate gives them."""
    from dataclasses import replace

    return tuple(replace(one, iri=f"{ROOT}/datasets/trees#{n}") for n, one in enumerate(found))


RELEASES = st.builds(
    Release,
    st.just(f"{ROOT}/datasets/trees?version=1"),
    st.just("1"),
    WORDS,
    WORDS,
    TEXTS,
    maybe(MOMENTS),
)
DATASETS = st.builds(
    DatasetRecord,
    st.just(f"{ROOT}/datasets/trees"),
    TEXTS,
    WORDS,
    WORDS,
    AGENTS,
    CONTACTS,
    st.just(f"{ROOT}/datasets/trees"),
    pages=st.lists(PLACES, max_size=1).map(tuple),
    themes=st.lists(CONCEPTS, max_size=2).map(tuple),
    keywords=st.lists(TEXTS, max_size=3).map(tuple),
    languages=st.lists(CONCEPTS, max_size=2).map(tuple),
    frequency=maybe(CONCEPTS),
    access=maybe(CONCEPTS),
    place=maybe(AREAS),
    period=st.tuples(maybe(DAYS), maybe(DAYS)),
    conforms_to=st.just("") | PLACES,
    provenance=TEXTS,
    hvd_categories=st.lists(CONCEPTS, max_size=1).map(tuple),
    issued=maybe(MOMENTS),
    modified=maybe(MOMENTS),
    version=st.sampled_from(["", "3"]),
    version_notes=TEXTS,
    distributions=st.lists(DISTRIBUTIONS, max_size=3).map(_numbered),
    releases=st.lists(RELEASES, max_size=1).map(tuple),
    services=st.lists(st.just(f"{ROOT}/catalog#service-one"), max_size=1).map(tuple),
)
SERVICES = st.builds(
    DataService,
    st.just(f"{ROOT}/catalog#service-one"),
    WORDS.filter(lambda said: any(text.strip("\x00\x0b\ufffe \t\n\r\u2028\x85") for text in said.values())),
    PLACES,
    AGENTS,
    CONTACTS,
    description=WORDS,
    endpoint_description=st.just("") | PLACES,
    standard=st.just("") | PLACES,
    documentation=st.just("") | PLACES,
    access=maybe(CONCEPTS),
    licence=maybe(LICENCES),
    hvd_categories=st.lists(CONCEPTS, max_size=1).map(tuple),
)
PAGINGS = st.builds(
    Paging,
    st.just(f"{ROOT}/catalog.ttl?page=2"),
    st.just(f"{ROOT}/catalog.ttl?page=1"),
    st.just(f"{ROOT}/catalog.ttl?page=3"),
    st.integers(0, 9**9),
    st.just(100),
    previous=st.just("") | st.just(f"{ROOT}/catalog.ttl?page=1"),
    next=st.just("") | st.just(f"{ROOT}/catalog.ttl?page=3"),
)
CATALOGUES = st.builds(
    Catalogue,
    st.just(f"{ROOT}/catalog"),
    WORDS,
    WORDS,
    AGENTS,
    st.just(f"{ROOT}/"),
    languages=st.lists(CONCEPTS, max_size=2).map(tuple),
    place=maybe(AREAS),
    licence=maybe(LICENCES),
    issued=maybe(MOMENTS),
    modified=maybe(MOMENTS),
    taxonomies=st.lists(st.builds(Concept, PLACES, st.just({"en": "Themes"})), max_size=1).map(tuple),
    services=st.tuples(SERVICES),
    paging=maybe(PAGINGS),
)
