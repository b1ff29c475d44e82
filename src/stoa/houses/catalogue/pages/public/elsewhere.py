# SPDX-License-Identifier: EUPL-1.2
"""What the page of a harvested dataset says: where it came from, and where its files are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext

from stoa.houses.catalogue.models import Dataset, Harvested, RemoteFile
from stoa.houses.catalogue.queries.remote import with_origins
from stoa.standards.vocabularies import LICENCES
from stoa.web.notation import ago, day, size


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file or service elsewhere, as the list shows it."""

    title: str
    about: str
    url: str
    host: str
    facts: tuple[str, ...]


def elsewhere(dataset: Dataset) -> dict[str, Any]:
    """Origin and files of a harvested dataset for its page (three queries at most)."""
    with_origins([dataset])
    harvested: Harvested | None = getattr(dataset, "harvested", None)
    return {
        "remote_files": [_line(file, dataset.licence) for file in dataset.remote_files.all()],
        "origin": _origin(harvested) if harvested else [],
        "origin_name": harvested.source.title if harvested else "",
        "origin_page": _page(harvested) if harvested else "",
    }


def _line(file: RemoteFile, usual: str) -> FileLine:
    licence = LICENCES.get(file.licence)
    facts = [file.format, size(file.bytes) if file.bytes else ""]
    facts.append(gettext(licence.label) if licence and licence.spdx and file.licence != usual else "")
    host = urlsplit(file.url).hostname or ""
    kept = tuple(fact for fact in facts if fact)
    return FileLine(file.title or file.format or host, file.description[:500], file.url, host, kept)


def _page(harvested: Harvested) -> str:
    """The page for people at the origin; its web name if that can be opened, else the catalogue."""
    for url in (harvested.landing_page, harvested.remote_uri, harvested.source.url):
        if url.startswith(("https://", "http://")):
            return url
    return ""


def _origin(harvested: Harvested) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [(gettext("Catalogue"), harvested.source.title)]
    if harvested.publisher:
        rows.append((gettext("Published by"), harvested.publisher))
    if harvested.remote_modified:
        rows.append((gettext("Changed there"), day(harvested.remote_modified)))
    return [*rows, (gettext("Last seen there"), ago(harvested.seen_at))]
