# SPDX-License-Identifier: EUPL-1.2
"""CKAN's Action API 3: answers of `package_search` and single packages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from stoa.ground.geometry import Box
from stoa.ground.words import LanguageText, say
from stoa.standards.catalogues.cleaning import box, day, line, mail, plain, web, when, whole, words
from stoa.standards.catalogues.geometry_text import box_of_geojson
from stoa.standards.catalogues.json_text import an_object, decoded, objects
from stoa.standards.catalogues.json_text import whole as whole_json
from stoa.standards.catalogues.values import (
    MOST_FILES,
    CatalogueUnreadable,
    Items,
    Next,
    RemoteDataset,
    RemoteFile,
    Total,
    Unreadable,
)
from stoa.standards.feature_pages import leads_to_data

ROWS = 200


def first_address(url: str) -> str:
    """The first page of a portal's packages, whatever part of its address somebody gave."""
    parts = urlsplit(url)
    path = parts.path.partition("/api/")[0].partition("/dataset")[0].rstrip("/")
    asked = urlencode({"rows": ROWS, "start": 0, "sort": "name asc"})
    return urlunsplit((parts.scheme, parts.netloc, f"{path}/api/3/action/package_search", asked, ""))


def read(data: bytes, url: str) -> Items:
    """Packages of one answer, how many there are in all, and the next page.

    Also takes a bare package and `package_show`. Raises `CatalogueUnreadable`.
    """
    text, guessed = decoded(data)
    document = whole_json(text)
    if guessed:
        yield Unreadable("", guessed)
    answer = an_object(document)
    if answer.get("success") is False:
        raise CatalogueUnreadable(say("The portal answers that it failed."))
    result = answer.get("result", document)
    packages = an_object(result).get("results", result)
    packages = packages if isinstance(packages, list) else [packages]
    yield from _packages(packages, url)
    yield from _onwards(an_object(result), len(packages), url)


def read_lines(data: bytes, url: str) -> Items:
    """A dump with one package a line, as `ckanapi dump datasets` writes it; a broken line is told and passed over."""
    text, guessed = decoded(data)
    if guessed:
        yield Unreadable("", guessed)
    for row in text.splitlines():
        if not row.strip():
            continue
        try:
            yield from _packages([whole_json(row)], url)
        except CatalogueUnreadable as unreadable:
            yield Unreadable("", unreadable.why)


def _packages(packages: list[Any], url: str) -> Items:
    site = url.partition("/api/")[0]
    for package in packages:
        if not isinstance(package, dict) or not (package.get("id") or package.get("name")):
            yield Unreadable("", say("An entry has neither id nor name."))
        elif package.get("private") or package.get("state", "active") != "active":
            yield Unreadable(line(package.get("id"), 200), say("It is not public there."))
        else:
            yield _dataset(package, site)


def _onwards(result: Mapping[str, Any], here: int, url: str) -> Items:
    total = whole(result.get("count"))
    if total is None:
        return
    yield Total(total)
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query))
    start = (whole(asked.get("start")) or 0) + here
    if here and start < total and "start" in asked:
        yield Next(urlunsplit(parts._replace(query=urlencode(asked | {"start": str(start)}))))


def _dataset(package: Mapping[str, Any], site: str) -> RemoteDataset:
    extras = _extras(package)
    organisation = an_object(package.get("organization"))
    name = line(package.get("name"), 100)
    licences = (package.get("license_url"), package.get("license_id"), package.get("license_title"))
    groups = [group.get("name") or group.get("title") for group in objects(package.get("groups"))]
    files, notes = _files(package)
    return RemoteDataset(
        id=line(package.get("id") or name, 500),
        title=_texts(package, "title", name),
        description=_texts(package, "notes", ""),
        uri=web(extras.get("uri")) or web(package.get("uri")),
        landing_page=web(f"{site}/dataset/{name}") if name and site else web(package.get("url")),
        publisher=line(extras.get("publisher_name") or organisation.get("title") or organisation.get("name")),
        contact=mail(
            extras.get("contact_email") or package.get("maintainer_email") or package.get("author_email")
        ),
        keywords=words([tag.get("display_name") or tag.get("name") for tag in objects(package.get("tags"))]),
        themes=(*_listed(extras.get("theme")), *words(groups)),
        licences=tuple(hint for hint in (line(one) for one in licences) if hint),
        frequency=line(extras.get("frequency") or package.get("frequency"), 100),
        spatial=line(extras.get("spatial_text") or package.get("spatial_text"), 200),
        box=_box(extras),
        period=(day(extras.get("temporal_start")), day(extras.get("temporal_end"))),
        issued=when(extras.get("issued") or package.get("metadata_created")),
        modified=when(extras.get("modified") or package.get("metadata_modified")),
        files=files,
        notes=notes,
    )


def _extras(package: Mapping[str, Any]) -> dict[str, Any]:
    return {str(one.get("key"))[:100]: one.get("value") for one in objects(package.get("extras"))}


def _texts(package: Mapping[str, Any], field: str, otherwise: str) -> LanguageText:
    """The text, by language where the portal speaks several (`title_translated`)."""
    most = 300 if field == "title" else 20_000
    translated = an_object(package.get(f"{field}_translated"))
    found = {str(tag)[:20]: plain(text, most) for tag, text in list(translated.items())[:30]}
    found = {tag: text for tag, text in found.items() if text}
    text = plain(package.get(field), most) or otherwise
    return found or ({"": text} if text else {})


def _listed(value: object) -> tuple[str, ...]:
    """Several values in one extra: CKAN keeps lists there as JSON text."""
    if isinstance(value, str) and value.startswith("["):
        try:
            value = json.loads(value[:10_000])
        except (ValueError, RecursionError):
            return ()
    return tuple(line(one) for one in value if line(one)) if isinstance(value, list) else words(value)


def _box(extras: Mapping[str, Any]) -> Box | None:
    if extras.get("spatial"):
        return box_of_geojson(extras["spatial"])
    sides = [extras.get(f"bbox-{side}") for side in ("west-long", "south-lat", "east-long", "north-lat")]
    return box(*sides) if all(sides) else None


def _files(package: Mapping[str, Any]) -> tuple[tuple[RemoteFile, ...], tuple[Any, ...]]:
    resources = objects(package.get("resources"))
    files = tuple(_found(resources))
    lost = len(resources) - len(files)
    notes = (say("%(n)s files have no usable address.", n=lost),) if lost else ()
    return files[:MOST_FILES], notes


def _found(resources: list[dict[str, Any]]) -> Iterator[RemoteFile]:
    for resource in resources:
        url = web(resource.get("url"))
        if not url:
            continue
        yield RemoteFile(
            url=url,
            title=line(resource.get("name") or resource.get("title")),
            description=plain(resource.get("description"), 2000),
            is_download=resource.get("url_type") in {"upload", "datastore"} or leads_to_data(url),
            format=line(resource.get("format"), 40).upper(),
            media_type=line(resource.get("mimetype"), 120).lower(),
            licence=line(resource.get("license") or resource.get("license_id")),
            bytes=whole(resource.get("size")),
        )
