# SPDX-License-Identifier: EUPL-1.2
"""What every reader of catalogues hands out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from stoa.ground.geometry import Box
from stoa.ground.words import LanguageText, Saying

MOST_FILES = 200
"""Files and services kept of one dataset."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file or service that another catalogue names."""

    url: str
    """http, https or ftp."""
    title: str = ""
    description: str = ""
    is_download: bool = False
    """The address leads to the file itself."""
    format: str = ""
    media_type: str = ""
    licence: str = ""
    """As that catalogue writes it: a code, an address, words."""
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class RemoteDataset:
    """One dataset as another catalogue describes it, cleaned but not yet mapped to our vocabularies."""

    id: str
    title: LanguageText
    """By language; the empty language where none is told."""
    description: LanguageText
    uri: str = ""
    landing_page: str = ""
    publisher: str = ""
    contact: str = ""
    """An address for mail, unless it looks like a person's own."""
    keywords: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    """All hints, the best first."""
    frequency: str = ""
    spatial: str = ""
    box: Box | None = None
    period: tuple[date | None, date | None] = (None, None)
    issued: datetime | None = None
    modified: datetime | None = None
    files: tuple[RemoteFile, ...] = ()
    notes: tuple[Saying, ...] = ()
    """What of it could not be read."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A member of a catalogue, or a piece of its text, that had to be left out."""

    id: str
    why: Saying


@dataclass(frozen=True, slots=True)
class Next:
    """An address where the catalogue goes on."""

    url: str


@dataclass(frozen=True, slots=True)
class Total:
    """How many datasets the catalogue says it has."""

    count: int


Item = RemoteDataset | Unreadable | Next | Total
Items = Iterator[Item]
JsonObject = Mapping[str, object]


class CatalogueUnreadable(Exception):  # noqa: N818 - reads as what it is
    """Nothing of the document can be read; carries the sentence that says why."""

    def __init__(self, why: Saying) -> None:
        self.why = why
        super().__init__(str(why))
