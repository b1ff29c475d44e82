# SPDX-License-Identifier: EUPL-1.2
"""What another catalogue says, in our vocabularies: licences, themes, frequencies, publishers. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from stoa.ground.geometry import Box
from stoa.ground.ids import plain
from stoa.ground.words import LanguageText
from stoa.standards.catalogues.values import RemoteDataset, RemoteFile
from stoa.standards.vocabularies import FREQUENCIES, LICENCES, THEMES

NOT_STATED = "OP_DATPRO"
USUAL_THEME = "GOVE"
_LICENCE_WORDS: tuple[tuple[str, str], ...] = (
    (r"by[-_ ]?nc|non[-_ ]?commercial", "CC_BYNC_4_0"),
    (r"by[-_ ]?sa|share[-_ ]?alike", "CC_BYSA_4_0"),
    (r"by[-_ ]?nd|no[-_ ]?deriv", NOT_STATED),
    (r"cc[-_ ]?zero|\bcc[-_ ]?0|publicdomain/zero|creative commons zero", "CC0"),
    (r"dl[-_ ]?de[-_/ ]?(?:zero|0)|datenlizenz.*zero|data licen[cs]e germany.*zero", "DL_DE_ZERO_2_0"),
    (r"dl[-_ ]?de|datenlizenz|data licen[cs]e germany", "DL_DE_BY_2_0"),
    (
        r"creativecommons.*/by/|cc[-_ ]?by\b|creative commons attribution|creative commons namensnennung",
        "CC_BY_4_0",
    ),
    (r"open[-_ ]government[-_ ]licen[cs]e|\bogl\b|\buk[-_]ogl\b|/ogl/", "OGL_3_0"),
    (r"pddl|public domain dedication", "ODC_PDDL"),
    (r"odbl|open database licen[cs]e|odc[-_]odbl", "ODC_BL"),
    (r"licence[-_ ]ouverte|etalab|lov2", "LO_OL_2_0"),
    (r"\bnlod\b", "NLOD_2_0"),
)
"""Tried in this order: the stricter meaning first, so that no restriction is lost."""
_THEME_WORDS: tuple[tuple[str, str], ...] = (
    (
        "TRAN",
        "transport traffic mobility verkehr mobilitaet parking parken fahrrad cycling bus transit trafic",
    ),
    ("ENVI", "environment umwelt klima climate trees baeume wasser water air luft biota oceans noise waste"),
    ("EDUC", "education bildung kultur culture sport schule school museum"),
    ("HEAL", "health gesundheit care pflege"),
    ("ECON", "economy wirtschaft finance finanzen budget haushalt spending business payments tourism arbeit"),
    ("SOCI", "society soziales population bevoelkerung demographie community housing kinder jugend"),
    ("JUST", "justice justiz safety sicherheit crime police feuerwehr law"),
    ("ENER", "energy energie strom solar"),
    ("AGRI", "agriculture landwirtschaft forst food fisheries farming"),
    ("TECH", "science wissenschaft technology technologie geology geoscientificinformation research"),
    ("REGI", "regions staedte geo geospatial planning planung boundaries cadastre bauen kataster"),
    ("GOVE", "government regierung verwaltung wahlen elections council politik verwaltung"),
    ("INTR", "international"),
)
_FREQUENCY_WORDS: Mapping[str, str] = {
    "continuous": "CONT", "real time": "CONT", "r pt1s": "CONT", "update cont": "CONT", "hourly": "HOURLY",
    "r pt1h": "HOURLY", "daily": "DAILY", "r p1d": "DAILY", "taeglich": "DAILY", "weekly": "WEEKLY",
    "r p1w": "WEEKLY", "r p7d": "WEEKLY", "woechentlich": "WEEKLY", "biweekly": "BIWEEKLY",
    "fortnightly": "BIWEEKLY", "r p2w": "BIWEEKLY", "monthly": "MONTHLY", "r p1m": "MONTHLY",
    "monatlich": "MONTHLY", "quarterly": "QUARTERLY", "r p3m": "QUARTERLY", "semiannual": "ANNUAL_2",
    "biannual": "ANNUAL_2", "biannually": "ANNUAL_2", "annual 2": "ANNUAL_2", "r p6m": "ANNUAL_2",
    "annual": "ANNUAL", "annually": "ANNUAL", "yearly": "ANNUAL", "r p1y": "ANNUAL", "jaehrlich": "ANNUAL",
    "biennial": "BIENNIAL", "r p2y": "BIENNIAL", "irregular": "IRREG", "irreg": "IRREG", "asneeded": "IRREG",
    "never": "NEVER", "notplanned": "NEVER",
}  # fmt: skip
_MEDIA: Mapping[str, str] = {
    "text/csv": "CSV", "application/json": "JSON", "application/geo+json": "GEOJSON", "text/html": "HTML",
    "application/zip": "ZIP", "application/pdf": "PDF", "application/vnd.ms-excel": "XLS",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
    "application/geopackage+sqlite3": "GPKG", "application/gml+xml": "GML", "application/xml": "XML",
    "application/vnd.google-earth.kml+xml": "KML", "text/xml": "XML", "text/plain": "TXT",
    "application/vnd.oasis.opendocument.spreadsheet": "ODS", "application/vnd.apache.parquet": "PARQUET",
}  # fmt: skip
_BEST = ("GPKG", "GEOJSON", "PARQUET", "CSV", "TSV", "XLSX", "ODS", "XLS", "SHP", "KML", "GML", "JSON", "ZIP")
"""Formats that can be read here, the richest first."""
_READABLE = {"SHAPE": "SHP", "SHAPEFILE": "SHP", "EXCEL": "XLSX", "GEOPACKAGE": "GPKG", "ZIPPED CSV": "ZIP"}


@dataclass(frozen=True, slots=True)
class HarvestMapping:
    """What a steward says of one catalogue; keys are compared in plain letters."""

    departments: Mapping[str, str] = field(default_factory=dict)
    """Short name of our department by publisher."""
    licences: Mapping[str, str] = field(default_factory=dict)
    themes: Mapping[str, str] = field(default_factory=dict)
    language: str = ""
    """The language of texts that tell none; empty: the city's first."""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> HarvestMapping:
        parts = {
            part: {plain(str(k)): str(v) for k, v in dict(data.get(part) or {}).items()}
            for part in ("departments", "licences", "themes")
        }
        return cls(**parts, language=str(data.get("language") or ""))


@dataclass(frozen=True, slots=True)
class Described:
    """A remote dataset in our own words, ready to be kept."""

    title: LanguageText
    description: LanguageText
    department: str
    """Short name; empty: the one that answers for the catalogue."""
    theme: str
    keywords: tuple[str, ...]
    licence: str
    contact: str
    frequency: str
    spatial: str
    period: tuple[date | None, date | None]
    publisher: str
    format: str
    box: Box | None
    updated_at: datetime
    files: tuple[RemoteFile, ...]
    """Their licences are codes of ours."""


def described(
    remote: RemoteDataset, mapping: HarvestMapping, languages: Sequence[str], now: datetime
) -> Described:
    """What is kept of a remote dataset; days to come are taken as today."""
    language = mapping.language or (languages[0] if languages else "en")
    licence = licence_of(remote.licences, mapping.licences)
    if licence == NOT_STATED:
        licence = _common([licence_of([file.licence], mapping.licences) for file in remote.files])
    files = tuple(_file(file, mapping, licence) for file in remote.files)
    best = best_file(files)
    changed = [when for when in (remote.modified, remote.issued) if when is not None and when.year >= 1970]
    return Described(
        title=in_languages(remote.title, language),
        description=in_languages(remote.description, language),
        department=mapping.departments.get(plain(remote.publisher), ""),
        theme=theme_of(remote.themes, remote.keywords, mapping.themes),
        keywords=remote.keywords,
        licence=licence,
        contact=remote.contact,
        frequency=frequency_of(remote.frequency),
        spatial=remote.spatial[:200],
        period=remote.period,
        publisher=remote.publisher,
        format=(best.format if best else files[0].format if files else "").lower()[:10],
        box=remote.box,
        updated_at=min(changed[0], now) if changed else now,
        files=files,
    )


def in_languages(label: LanguageText, language: str) -> dict[str, str]:
    """The texts by language; one that tells none is taken to be in `language` unless there is one already.

    >>> in_languages({"": "Bäume", "EN": "Trees"}, "de")
    {'de': 'Bäume', 'en': 'Trees'}
    """
    found = {_tag(tag) or language: text for tag, text in label.items() if not tag}
    return found | {_tag(tag): text for tag, text in label.items() if _tag(tag)}


def _tag(text: str) -> str:
    first = text.replace("_", "-").split("-")[0].lower()
    return first if re.fullmatch(r"[a-z]{2,3}", first) else ""


def licence_of(hints: Sequence[str], own: Mapping[str, str]) -> str:
    """Our code of the first hint that means a licence: the steward's word first, then addresses and names."""
    for hint in hints:
        said = own.get(plain(hint))
        if said in LICENCES:
            return said
    return next((code for code in map(_licence, hints) if code != NOT_STATED), NOT_STATED)


def _licence(hint: str) -> str:
    tail = hint.rstrip("/").rsplit("/", 1)[-1]
    if tail in LICENCES:
        return tail
    text = hint.strip().lower()
    for code, licence in LICENCES.items():
        if text in {code.lower(), licence.spdx.lower()} and text:
            return code
        if licence.link and _bare(licence.link) == _bare(text):
            return code
    found = next((code for pattern, code in _LICENCE_WORDS if re.search(pattern, text)), NOT_STATED)
    return NOT_STATED if _is_other_version(text, found) else found


def _is_other_version(text: str, code: str) -> bool:
    """Whether the hint names a version that is not ours: CC BY 3.0 is not CC BY 4.0."""
    ours = re.search(r"(\d)_(\d)$", code)
    named = re.findall(r"(?<!\d)(\d)[._-](\d)(?!\d)", text)
    return bool(ours and named and ours.groups() not in named)


def _bare(link: str) -> str:
    return (
        re.sub(r"^https?://(www\.)?", "", link.lower())
        .removesuffix("deed.en")
        .removesuffix("deed.de")
        .rstrip("/")
    )


def _common(licences: Sequence[str]) -> str:
    """The licence that all files with a licence share; not stated where they differ."""
    stated = {code for code in licences if code != NOT_STATED}
    return stated.pop() if len(stated) == 1 else NOT_STATED


def theme_of(themes: Sequence[str], keywords: Sequence[str], own: Mapping[str, str]) -> str:
    """Our theme of the first term that is known: the steward's word, an EU theme, then words, then keywords."""
    for term in themes:
        said = own.get(plain(term))
        if said in THEMES:
            return said
    for term in themes:
        tail = term.rstrip("/").rsplit("/", 1)[-1].upper()
        if tail in THEMES:
            return tail
    for term in (*themes, *keywords):
        found = _theme(term)
        if found:
            return found
    return USUAL_THEME


_THEME_BY_WORD = {word: code for code, words in _THEME_WORDS for word in words.split()}


def _theme(term: str) -> str:
    last = term.rstrip("/").rsplit("/", 1)[-1]
    return next((_THEME_BY_WORD[word] for word in plain(last).split() if word in _THEME_BY_WORD), "")


def frequency_of(text: str) -> str:
    """Our code of an update frequency: EU authority list, Dublin Core terms, ISO 8601, words."""
    tail = text.rstrip("/").rsplit("/", 1)[-1] if "://" in text else text
    if tail.upper() in FREQUENCIES:
        return tail.upper()
    return _FREQUENCY_WORDS.get(plain(tail), "UNKNOWN")


def format_of(file: RemoteFile) -> str:
    """Short name of a format: as told, by media type, by the ending of the address."""
    told = file.format.strip().upper().removeprefix(".")
    told = _MEDIA.get(told.lower(), "") or _READABLE.get(told, told)
    ending = re.search(r"\.([a-z]{3,7})(?:\?|$)", file.url.lower())
    by_ending = ending.group(1).upper() if ending and ending.group(1).upper() in _BEST else ""
    return (told or _MEDIA.get(file.media_type, "") or by_ending)[:40]


def _file(file: RemoteFile, mapping: HarvestMapping, usual: str) -> RemoteFile:
    licence = licence_of([file.licence], mapping.licences) if file.licence else usual
    return RemoteFile(
        file.url,
        file.title,
        file.description,
        file.is_download,
        format_of(file),
        file.media_type,
        licence,
        file.bytes,
    )


class _File(Protocol):
    """As much of a file as the choice needs; tables have it too."""

    @property
    def url(self) -> str: ...
    @property
    def format(self) -> str: ...
    @property
    def is_download(self) -> bool: ...


AnyFile = TypeVar("AnyFile", bound=_File)


def best_file(files: Sequence[AnyFile]) -> AnyFile | None:
    """The file to bring in where the data is mirrored; None if none can be read here."""
    readable = [
        file for file in files if file.is_download and file.format in _BEST and file.url.startswith("http")
    ]
    return min(readable, key=lambda file: _BEST.index(file.format), default=None)


def vanished_too_many(known: int, gone: int) -> bool:
    """Whether so many are missing that the catalogue is more likely ill than emptied: more than half, of at least ten."""
    return known >= 10 and gone * 2 > known
