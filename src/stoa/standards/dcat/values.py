# SPDX-License-Identifier: EUPL-1.2
"""What DCAT-AP says of a catalogue, as values. Names are absolute; empty texts and None are left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from stoa.ground.geometry import Box
from stoa.ground.words import LanguageText


@dataclass(frozen=True, slots=True, eq=False)
class Concept:
    """A term of an authority list, with its label, so that a reader need not fetch the list.

    Known by identity: keep the same one for all datasets, and it is turned into a node once.
    """

    iri: str
    label: LanguageText
    scheme: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Licence:
    """A licence document; known by identity, as a concept."""

    iri: str
    title: LanguageText
    link: str = ""
    """Where its text is."""


@dataclass(frozen=True, slots=True)
class Agent:
    """Who publishes."""

    iri: str
    name: LanguageText
    kind: Concept | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask."""

    name: LanguageText
    email: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """The area that is covered."""

    name: LanguageText = field(default_factory=dict)
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Checksum:
    """Proof that a file is whole."""

    algorithm: str
    """As SPDX writes it, e.g. `sha256`."""
    hex: str


@dataclass(frozen=True, slots=True)
class Distribution:
    """One way to the data of a dataset: a file, or its place in a service."""

    iri: str
    title: LanguageText
    access_url: str
    download_url: str = ""
    """Only for a file that may be fetched as it is."""
    description: LanguageText = field(default_factory=dict)
    format: Concept | None = None
    media_type: str = ""
    """As registered with IANA, without parameters."""
    bytes: int | None = None
    checksum: Checksum | None = None
    licence: Licence | None = None
    rights: LanguageText = field(default_factory=dict)
    """How the source is to be named, or what stands between a reader and the data."""
    availability: Concept | None = None
    issued: datetime | None = None
    modified: datetime | None = None
    service: str = ""
    """The data service behind it."""


@dataclass(frozen=True, slots=True)
class Release:
    """One earlier or present version of a dataset."""

    iri: str
    number: str
    title: LanguageText
    description: LanguageText
    notes: str = ""
    issued: datetime | None = None
    distributions: tuple[Distribution, ...] = ()


@dataclass(frozen=True, slots=True)
class DatasetRecord:
    """A dataset as the catalogue describes it."""

    iri: str
    identifier: str
    title: LanguageText
    description: LanguageText
    publisher: Agent
    contact: Contact
    page: str
    """Its page for people."""
    pages: tuple[str, ...] = ()
    """Other pages about it."""
    themes: tuple[Concept, ...] = ()
    keywords: tuple[str, ...] = ()
    languages: tuple[Concept, ...] = ()
    frequency: Concept | None = None
    access: Concept | None = None
    place: Place | None = None
    period: tuple[date | None, date | None] = (None, None)
    conforms_to: str = ""
    provenance: str = ""
    hvd_categories: tuple[Concept, ...] = ()
    issued: datetime | None = None
    modified: datetime | None = None
    version: str = ""
    version_notes: str = ""
    distributions: tuple[Distribution, ...] = ()
    releases: tuple[Release, ...] = ()
    services: tuple[str, ...] = ()
    """Data services that serve it."""


@dataclass(frozen=True, slots=True)
class DataService:
    """A programming interface to many datasets."""

    iri: str
    title: LanguageText
    endpoint: str
    publisher: Agent
    contact: Contact
    description: LanguageText = field(default_factory=dict)
    endpoint_description: str = ""
    standard: str = ""
    documentation: str = ""
    access: Concept | None = None
    licence: Licence | None = None
    hvd_categories: tuple[Concept, ...] = ()
    """Of the high-value datasets that it serves."""


@dataclass(frozen=True, slots=True)
class Paging:
    """Which part of the catalogue a document holds."""

    here: str
    first: str
    last: str
    total: int
    per_page: int
    previous: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The catalogue itself."""

    iri: str
    title: LanguageText
    description: LanguageText
    publisher: Agent
    homepage: str
    languages: tuple[Concept, ...] = ()
    place: Place | None = None
    licence: Licence | None = None
    issued: datetime | None = None
    modified: datetime | None = None
    taxonomies: tuple[Concept, ...] = ()
    """Lists of terms that classify the datasets."""
    services: tuple[DataService, ...] = ()
    paging: Paging | None = None
