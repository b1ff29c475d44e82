# SPDX-License-Identifier: EUPL-1.2
"""data.json: the metadata schema of Project Open Data 1.1, which ArcGIS Hub gives out as DCAT-US too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stoa.ground.geometry import Box
from stoa.ground.words import say
from stoa.standards.catalogues.cleaning import box, day, line, mail, plain, web, when, whole, words
from stoa.standards.catalogues.geometry_text import box_of_geojson
from stoa.standards.catalogues.json_text import Broken, an_object, decoded, listed, members, objects
from stoa.standards.catalogues.values import (
    MOST_FILES,
    Items,
    RemoteDataset,
    RemoteFile,
    Unreadable,
)
from stoa.standards.feature_pages import leads_to_data

LISTS = frozenset({"dataset"})


def read(data: bytes, url: str) -> Items:
    """Datasets of a data.json; what is not public, and what is broken, is told. Raises `CatalogueUnreadable`."""
    text, guessed = decoded(data)
    if guessed:
        yield Unreadable("", guessed)
    for key, value in members(text, LISTS):
        if isinstance(value, Broken):
            yield Unreadable("", value.why)
        elif key == "dataset":
            yield one(value, url)


def one(value: object, url: str) -> RemoteDataset | Unreadable:
    """One dataset of a data.json."""
    entry = an_object(value)
    id_ = line(entry.get("identifier") or entry.get("@id") or entry.get("landingPage"), 500)
    if not id_:
        return Unreadable(line(entry.get("title"), 200), say("It has no identifier."))
    if str(entry.get("accessLevel", "public")).lower() == "non-public":
        return Unreadable(id_, say("It is not public there."))
    title = line(entry.get("title"))
    if not title:
        return Unreadable(id_, say("It has no title."))
    files = tuple(_files(entry, url))
    lost = len(objects(entry.get("distribution"))) - len(files)
    publisher = entry.get("publisher")
    start, _slash, end = str(entry.get("temporal") or "").partition("/")
    return RemoteDataset(
        id=id_,
        title={"": title},
        description={"": plain(entry.get("description"))} if entry.get("description") else {},
        uri=web(entry.get("@id")) or web(id_),
        landing_page=web(entry.get("landingPage"), url),
        publisher=line(an_object(publisher).get("name") or publisher),
        contact=mail(an_object(entry.get("contactPoint")).get("hasEmail")),
        keywords=words(entry.get("keyword")),
        themes=words(listed(entry.get("theme"))),
        licences=tuple(hint for hint in (line(entry.get("license")), line(entry.get("rights"))) if hint),
        frequency=line(entry.get("accrualPeriodicity"), 100),
        spatial=_place(entry.get("spatial")),
        box=_box(entry.get("spatial")),
        period=(day(start), day(end)),
        issued=when(entry.get("issued")),
        modified=when(entry.get("modified")),
        files=files[:MOST_FILES],
        notes=(say("%(n)s files have no usable address.", n=lost),) if lost > 0 else (),
    )


def _files(entry: Mapping[str, Any], url: str) -> Iterator[RemoteFile]:
    for file in objects(entry.get("distribution")):
        download = web(file.get("downloadURL"), url)
        address = download or web(file.get("accessURL") or file.get("accessUrl"), url)
        if not address:
            continue
        yield RemoteFile(
            url=address,
            title=line(file.get("title")),
            description=plain(file.get("description"), 2000),
            is_download=bool(download) or leads_to_data(address),
            format=line(file.get("format"), 40).upper(),
            media_type=line(file.get("mediaType"), 120).lower(),
            licence=line(file.get("license")),
            bytes=whole(file.get("byteSize")),
        )


def _place(value: object) -> str:
    """The name of the place; coordinates are no name."""
    text = line(value, 200) if isinstance(value, str) else ""
    return "" if any(letter.isdigit() for letter in text[:6]) or text.startswith(("{", "-")) else text


def _box(value: object) -> Box | None:
    if isinstance(value, dict) or (isinstance(value, str) and value.lstrip().startswith("{")):
        return box_of_geojson(value)
    parts = str(value).split(",")
    return box(*parts) if isinstance(value, str) and len(parts) == 4 else None
