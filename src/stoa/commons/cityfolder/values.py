# SPDX-License-Identifier: EUPL-1.2
"""What a city folder says, as values: the city, its departments, its datasets and where their files lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from stoa.ground.geometry import Box
from stoa.ground.words import LanguageText

ACCESS_LEVELS = ("open", "entitled", "on_request", "internal")


@dataclass(frozen=True, slots=True)
class FolderCity:
    """The city itself."""

    slug: str
    name: LanguageText
    languages: tuple[str, ...]
    zone: str
    area: Box
    country: str
    """ISO 3166-1 alpha-2, or `XX` for a place that does not exist."""
    accent: str = ""
    """`#rrggbb`, or empty for the colour of the house."""
    is_simulated: bool = False
    lead: LanguageText = field(default_factory=dict)
    """One sentence under the city's name."""


@dataclass(frozen=True, slots=True)
class FolderDepartment:
    """One department; `parent` is the slug of the one above it, empty at the top."""

    slug: str
    name: LanguageText
    parent: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class FolderVersion:
    """One state of a dataset: which files, from when, with which note."""

    files: tuple[str, ...]
    """Paths or patterns, relative to the data root, as written."""
    note: str = ""
    issued_on: date | None = None
    """The day the owner gave it out; None: not told."""
    paths: tuple[Path, ...] = ()
    """The files found, in the order of `files`, matches of one pattern by name. Empty before `find_files`."""


@dataclass(frozen=True, slots=True)
class FolderDataset:
    """One dataset: what is told about it, and its versions, oldest first (never none)."""

    slug: str
    title: LanguageText
    description: LanguageText
    department: str
    theme: str
    licence: str
    versions: tuple[FolderVersion, ...]
    frequency: str = "UNKNOWN"
    access: str = "open"
    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Per language."""
    contact_name: str = ""
    contact_email: str = ""
    spatial: str = ""
    period: tuple[date, date] | None = None
    source: str = ""
    """Where the file comes from and what is known of its licence."""
    languages: tuple[str, ...] = ()
    """Of the data itself, as two-letter codes."""
    hvd_category: str = ""
    """Category of high-value datasets; empty: none."""
    conforms_to: str = ""
    """Address of the standard or schema that it keeps to."""
    landing_page: str = ""
    table: str = ""
    """Sheet, layer or member; empty: the first that looks like a table."""
    combine: bool = False
    """The files of a version are parts of one table (or of one shapefile) and are read as one archive."""
    choices: Mapping[str, Any] = field(default_factory=dict)
    """As `Order.choices` of the readers."""
    release: str = ""
    """Why columns with personal data may be published; empty: they may not."""
    publish: bool = True
    """False: load it as a draft and leave it for an officer."""


@dataclass(frozen=True, slots=True)
class CityFolder:
    """A whole city, ready to be loaded."""

    city: FolderCity
    departments: tuple[FolderDepartment, ...]
    """Parents before their children."""
    datasets: tuple[FolderDataset, ...]
    live: tuple[Mapping[str, Any], ...] = ()
    """Datasets to be played as live sensors, as declared: `name`, `department` and what a replay needs."""
