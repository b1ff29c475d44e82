# SPDX-License-Identifier: EUPL-1.2
"""Datasets, departments and themes of the catalogue as the facts that CKAN's dictionaries are made of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext

from stoa.commons.words.fields import in_reader_language
from stoa.gates.ckan.calls import Call
from stoa.ground.problems import NotFound
from stoa.ground.words import N_
from stoa.houses.catalogue.door import finding
from stoa.houses.catalogue.door.finding import DepartmentEntry, Entry
from stoa.houses.catalogue.terms import Access, State
from stoa.standards.ckan import packages
from stoa.standards.ckan.identifiers import licence_id, packages_of, resource_id
from stoa.standards.ckan.packages import GroupFacts, OrganisationFacts, PackageFacts, ResourceFacts
from stoa.standards.vocabularies import AUTHORITY, FREQUENCIES, LICENCES, THEMES

STATES = {
    State.PUBLISHED: "active",
    State.RETIRED: "deleted",
    State.DRAFT: "draft",
    State.REVIEW: "draft",
}
_ACCESS = {
    Access.OPEN: "PUBLIC",
    Access.ENTITLED: "RESTRICTED",
    Access.ON_REQUEST: "RESTRICTED",
    Access.INTERNAL: "NON_PUBLIC",
}
PLACES = {"geojson", "gpkg"}
FORMATS: dict[str, tuple[str, str, str]] = {
    "csv": ("CSV", "text/csv", N_("Plain text that every program and every language reads.")),
    "xlsx": (
        "XLSX",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        N_("For everybody with a spreadsheet program: dates, numbers and a sheet that explains the columns."),
    ),
    "geojson": ("GeoJSON", "application/geo+json", N_("For web maps: every row with its place.")),
    "gpkg": (
        "GPKG",
        "application/geopackage+sqlite3",
        N_("For QGIS, ArcGIS and other map programs: drag the file into the map."),
    ),
    "json": ("JSON", "application/json", N_("For programmers: one list of objects.")),
    "jsonl": ("JSONL", "application/jsonl", N_("For programmers: one object a line, good for large files.")),
    "parquet": (
        "Parquet",
        "application/vnd.apache.parquet",
        N_("For analysis with Python, R or DuckDB: small, quick, with types and places."),
    ),
}
"""Formats of downloads by code: CKAN's label, media type, what it is good for."""
MOST_ELSEWHERE = 100
"""Of one dataset of another catalogue so many files are listed."""


def package_facts(call: Call, entry: Entry) -> PackageFacts:
    """A dataset in the reader's language with the addresses of this portal."""
    card = entry.card
    licence = LICENCES.get(card.licence)
    frequency, state = FREQUENCIES.get(card.frequency), State(card.state)
    return PackageFacts(
        uid=card.uid,
        slug=card.slug,
        title=in_reader_language(card.title),
        titles=card.title,
        notes=in_reader_language(card.description),
        notes_by_language=card.description,
        url=address(call, "dataset", card.slug),
        contact=card.contact,
        organisation=organisation_facts(call, entry.department_about),
        group=group_facts(card.theme),
        keywords=card.keywords,
        licence=(
            licence_id(card.licence),
            gettext(licence.label) if licence else "",
            licence.link if licence else "",
        ),
        licence_is_open=bool(licence and licence.is_open),
        is_private=card.access == Access.INTERNAL,
        state=STATES[state],
        created_at=entry.created_at,
        modified_at=card.updated_at,
        version=str(card.version.number) if card.version else "",
        resources=_resources(call, entry),
        data_at=card.version.made_at if card.version else None,
        frequency_uri=frequency.uri if frequency and frequency.code != "UNKNOWN" else "",
        access_uri=f"{AUTHORITY}access-right/{_ACCESS[Access(card.access)]}",
        spatial=card.spatial,
        box=card.box,
        period=card.period,
        source_note=card.source_note,
        more={name: text for name, text in _more(entry).items() if text},
    )


def _more(entry: Entry) -> dict[str, str]:
    card, origin = entry.card, entry.card.origin
    return {
        "url": card.landing_page or (origin.landing_page if origin else ""),
        "author": origin.publisher if origin else "",
        "conforms_to": card.conforms_to,
        "language": json.dumps(list(card.languages)) if card.languages else "",
        "hvd_category": card.hvd_category,
        "harvested_from": origin.source_url if origin else "",
        "source_catalog_title": origin.source if origin else "",
        "guid": origin.remote_uri or origin.remote_id if origin else "",
    }


def package(call: Call, entry: Entry) -> dict[str, Any]:
    """A whole package."""
    return packages.package_dict(package_facts(call, entry))


def address(call: Call, page: str, *args: object) -> str:
    return call.request.build_absolute_uri(reverse(page, args=args))


def codes_of(entry: Entry) -> list[str]:
    """In which formats a dataset is offered to whoever asked; none if its rows are not."""
    if entry.card.version is None or not entry.rows_are_open:
        return []
    return [code for code in FORMATS if entry.card.has_map or code not in PLACES]


def _resources(call: Call, entry: Entry) -> list[ResourceFacts]:
    return [*_own_resources(call, entry), *_resources_elsewhere(entry)]


def _resources_elsewhere(entry: Entry) -> list[ResourceFacts]:
    """The files of a dataset of another catalogue, where they are."""
    files = entry.card.remote_files[:MOST_ELSEWHERE] if not codes_of(entry) else ()
    title = in_reader_language(entry.card.title)
    return [
        ResourceFacts(
            f"file-{place}",
            file.format,
            file.media_type,
            file.url,
            file.title or title,
            file.description,
            file.bytes,
        )
        for place, file in enumerate(files)
    ]


def _own_resources(call: Call, entry: Entry) -> list[ResourceFacts]:
    version, title = entry.card.version, in_reader_language(entry.card.title)
    return [
        ResourceFacts(
            code,
            FORMATS[code][0],
            FORMATS[code][1],
            address(call, "dataset-download", entry.card.slug, code),
            f"{title} ({FORMATS[code][0]})",
            gettext(FORMATS[code][2]),
            version.bytes if version and code == "parquet" else None,
        )
        for code in codes_of(entry)
    ]


def entry_of(call: Call, name: str) -> Entry:
    """A dataset by its short name or id."""
    return finding.entry(city=call.city, by=call.by, name=name)


def resource_entry(call: Call, told: str) -> tuple[Entry, str]:
    """The dataset and the format of a resource id; `NotFound` if there is no such resource for this caller."""
    try:
        asked = UUID(told)
    except ValueError:
        raise NotFound("resource", told[:80]) from None
    candidates = packages_of(asked, [*FORMATS, *(f"file-{place}" for place in range(MOST_ELSEWHERE))])
    try:
        entry = finding.entry_of_ids(city=call.city, by=call.by, ids=list(candidates))
    except NotFound:
        raise NotFound("resource", told[:80]) from None
    code = candidates[entry.card.uid]
    if code not in [*codes_of(entry), *(one.code for one in _resources_elsewhere(entry))]:
        raise NotFound("resource", told[:80])
    return entry, code


def resource(call: Call, entry: Entry, code: str) -> dict[str, Any]:
    """One resource of a package."""
    return next(
        one
        for one in package(call, entry)["resources"]
        if one["id"] == str(resource_id(entry.card.uid, code))
    )


def organisation_facts(call: Call, entry: DepartmentEntry) -> OrganisationFacts:
    return OrganisationFacts(
        call.city.slug,
        entry.slug,
        in_reader_language(entry.name),
        entry.email,
        address(call, "department", entry.slug),
        entry.parent,
        entry.datasets,
        entry.name,
    )


def group_facts(theme: str, datasets: int = 0) -> GroupFacts | None:
    term = THEMES.get(theme)
    return GroupFacts(term.code, gettext(term.label), term.uri, datasets) if term else None


def organisations(call: Call) -> Sequence[OrganisationFacts]:
    """All departments."""
    return [organisation_facts(call, one) for one in finding.departments(city=call.city, by=call.by)]


def organisation(call: Call, name: str) -> OrganisationFacts:
    """A department by its short name or id; `NotFound` if there is none."""
    for one in organisations(call):
        if name in {one.slug, one.id}:
            return one
    raise NotFound("organization", name[:80])


def theme_of(name: str) -> str:
    """The code of a theme by the name or id of its group; `NotFound` if there is none."""
    for code in THEMES:
        found = group_facts(code)
        if found and name.strip().lower() in {found.slug, found.id, found.uri.lower()}:
            return code
    raise NotFound("group", name[:80])
