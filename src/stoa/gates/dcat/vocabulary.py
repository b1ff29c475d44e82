# SPDX-License-Identifier: EUPL-1.2
"""Terms of the authority lists with their labels in every language of the city."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from stoa.ground.words import N_, LanguageText, Saying
from stoa.houses.catalogue.terms import Access
from stoa.standards.dcat.values import Concept, Licence
from stoa.standards.vocabularies import (
    AUTHORITY,
    FREQUENCIES,
    HVD_CATEGORIES,
    HVD_SCHEME,
    LANGUAGES,
    LICENCES,
    THEMES,
    Term,
)

NOT_STATED = {"OP_DATPRO", "UNKNOWN"}
"""Codes that stand for saying nothing: nothing is said of them."""
ACCESS = {
    Access.OPEN: ("PUBLIC", N_("public")),
    Access.ENTITLED: ("RESTRICTED", N_("restricted")),
    Access.ON_REQUEST: ("RESTRICTED", N_("restricted")),
    Access.INTERNAL: ("NON_PUBLIC", N_("not public")),
}
FORMATS: dict[str, tuple[str, str, str]] = {
    "csv": ("CSV", "CSV", "text/csv"),
    "xlsx": ("XLSX", "Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "geojson": ("GEOJSON", "GeoJSON", "application/geo+json"),
    "gpkg": ("GPKG", "GeoPackage", "application/geopackage+sqlite3"),
    "json": ("JSON", "JSON", "application/json"),
    # JSON lines has neither a term of its own nor a registered media type.
    "jsonl": ("JSON", "JSON lines", ""),
    "parquet": ("PARQUET", "Parquet", "application/vnd.apache.parquet"),
}
"""Formats of downloads by code: term of the list of file types, name, media type as registered with IANA."""
PLACES = frozenset({"geojson", "gpkg"})
_KNOWN_TYPES = {
    "CSV", "DOCX", "GEOJSON", "GML", "GPKG", "HTML", "JSON", "JSON_LD", "KML", "KMZ", "ODS", "PARQUET", "PDF", "PNG",
    "RDF_XML", "SHP", "TIFF", "TSV", "TXT", "WFS_SRVC", "WMS_SRVC", "XLS", "XLSX", "XML", "ZIP",
}  # fmt: skip
_SAME = {"GEOPACKAGE": "GPKG", "EXCEL": "XLSX", "WMS": "WMS_SRVC", "WFS": "WFS_SRVC", "SHAPE": "SHP",
         "SHAPEFILE": "SHP", "TEXT": "TXT", "JSON-LD": "JSON_LD", "RDF/XML": "RDF_XML", "TIF": "TIFF"}  # fmt: skip


def tongues(languages: Iterable[str]) -> tuple[str, ...]:
    """The languages of the city that this install speaks, else English."""
    known = {code for code, _name in settings.LANGUAGES}
    return tuple(one for one in languages if one in known) or ("en",)


def in_all(text: str | Saying, languages: tuple[str, ...]) -> LanguageText:
    """A sentence of ours in several languages."""
    said = {}
    for language in languages:
        with translation.override(language):
            said[language] = text.in_words(gettext) if isinstance(text, Saying) else gettext(text)
    return said


@cache
def phrase(text: str, languages: tuple[str, ...]) -> LanguageText:
    """The same for a sentence without facts, put together once."""
    return in_all(text, languages)


@cache
def _concept(term: Term, scheme: str, languages: tuple[str, ...]) -> Concept:
    return Concept(term.uri, in_all(term.label, languages), scheme)


def theme(code: str, languages: tuple[str, ...]) -> Concept | None:
    """A data theme."""
    term = THEMES.get(code)
    return _concept(term, f"{AUTHORITY}data-theme", languages) if term else None


def frequency(code: str, languages: tuple[str, ...]) -> Concept | None:
    """How often it is updated; None where nothing is stated."""
    term = None if code in NOT_STATED else FREQUENCIES.get(code)
    return _concept(term, f"{AUTHORITY}frequency", languages) if term else None


@cache
def language(code: str) -> Concept | None:
    """A language, labelled in English."""
    term = LANGUAGES.get(code)
    return Concept(term.uri, {"en": term.label}, f"{AUTHORITY}language") if term else None


def hvd_category(code: str, languages: tuple[str, ...]) -> Concept | None:
    """A category of high-value datasets."""
    term = HVD_CATEGORIES.get(code)
    return _concept(term, HVD_SCHEME, languages) if term else None


@cache
def licence(code: str, languages: tuple[str, ...]) -> Licence | None:
    """A licence; None where none is stated."""
    term = None if code in NOT_STATED else LICENCES.get(code)
    return Licence(term.uri, in_all(term.label, languages), term.link) if term else None


@cache
def access(level: str, languages: tuple[str, ...]) -> Concept:
    """Who may see the rows."""
    code, label = ACCESS[Access(level)]
    return Concept(f"{AUTHORITY}access-right/{code}", in_all(label, languages), f"{AUTHORITY}access-right")


@cache
def available(languages: tuple[str, ...]) -> Concept:
    """It is there, and meant to stay."""
    place = f"{AUTHORITY}planned-availability"
    return Concept(f"{place}/AVAILABLE", in_all(N_("available"), languages), place)


@cache
def publisher_kind(languages: tuple[str, ...]) -> Concept:
    """A municipality and its departments."""
    place = "http://purl.org/adms/publishertype"
    return Concept(f"{place}/LocalAuthority", in_all(N_("local authority"), languages), f"{place}/1.0")


@lru_cache(maxsize=1024)
def file_type(code: str) -> Concept | None:
    """A file type by our code or by another catalogue's short name; None where the list has none."""
    told = FORMATS[code][0] if code in FORMATS else _SAME.get(code.upper(), code.upper())
    if told not in _KNOWN_TYPES:
        return None
    label = FORMATS[code][1] if code in FORMATS else told
    return Concept(f"{AUTHORITY}file-type/{told}", {"": label}, f"{AUTHORITY}file-type")


@cache
def taxonomies(languages: tuple[str, ...]) -> tuple[Concept, ...]:
    """Lists of terms that classify datasets."""
    return (
        Concept(f"{AUTHORITY}data-theme", in_all(N_("EU data themes"), languages)),
        Concept(HVD_SCHEME, in_all(N_("Categories of high-value datasets"), languages)),
    )
