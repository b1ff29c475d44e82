# SPDX-License-Identifier: EUPL-1.2
"""Nodes and literals, safe to be written in every syntax as they are.

Make them by `iri`, `literal` and `typed`: these take out what one of the syntaxes cannot say, so that all of
them say the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote

from stoa.ground.words import LanguageText

PREFIXES: Mapping[str, str] = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_LANGUAGE = re.compile(r"[a-z]{2,8}(-[a-z0-9]{1,8})*")
_UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 cannot say at all (section 2.2)."""
_NOT_IN_IRI = re.compile('[\x00-\x20\x7f-\xa0<>"{}|\\\\^`\ud800-\udfff\ufffe\uffff]')


class Iri(NamedTuple):
    """A name on the web."""

    value: str


class Literal(NamedTuple):
    """A text, perhaps in a language, or a value with its datatype as a prefixed name."""

    text: str
    language: str = ""
    datatype: str = ""


class Node(NamedTuple):
    """A thing with what is said of it; without a name it stands inside another."""

    iri: str
    types: Sequence[str]
    """Prefixed names."""
    facts: Sequence[tuple[str, Value]]
    """Prefixed name of a property, and its value."""
    is_shared: bool = False
    """Many things point to it: it is described once in a document and only named after that."""


Value = Iri | Literal | Node


def iri(text: str) -> Iri:
    """A name with everything that may not stand in one written as percent signs (RFC 3987, section 3.1)."""
    return Iri(_NOT_IN_IRI.sub(_percent, text) if _NOT_IN_IRI.search(text) else text)


def _percent(found: re.Match[str]) -> str:
    return quote(found[0].encode("utf-8", "replace"))


def literal(text: str, language: str = "") -> Literal:
    """A text; a tag that is none is left out."""
    return Literal(text if text.isprintable() else spoken(text), _tag(language) if language else "")


@lru_cache(maxsize=256)
def _tag(language: str) -> str:
    tag = language.lower()
    return tag if _LANGUAGE.fullmatch(tag) else ""


def typed(text: str, datatype: str) -> Literal:
    """A value such as `typed("2026-05-31", "xsd:date")`."""
    return Literal(text, "", datatype)


def spoken(text: str) -> str:
    return _UNSPEAKABLE.sub("", text) if _UNSPEAKABLE.search(text) else text


def words(name: str, text: LanguageText) -> list[tuple[str, Value]]:
    """The same property in every language that has words for it."""
    told = ((language, said if said.isprintable() else spoken(said)) for language, said in text.items())
    return [(name, literal(said, language)) for language, said in told if said and not said.isspace()]


def full_name(prefixed: str) -> str:
    """The whole name behind a prefixed one."""
    prefix, _colon, local = prefixed.partition(":")
    return PREFIXES[prefix] + local
