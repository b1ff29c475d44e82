# SPDX-License-Identifier: EUPL-1.2
"""Writing packages and resources: every action is one of the catalogue's, with its rights and its audit line."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language

from stoa.commons.files.actions import content_of
from stoa.gates.ckan import entries
from stoa.gates.ckan.calls import Call, writing
from stoa.ground.problems import NotFound
from stoa.houses.catalogue import door
from stoa.houses.catalogue.door import finding, recording
from stoa.houses.catalogue.door.finding import Entry
from stoa.houses.catalogue.terms import Access
from stoa.standards.ckan import asked, told
from stoa.standards.ckan.identifiers import packages_of, resource_id
from stoa.standards.ckan.packages import TABLE, ResourceFacts, resource_dict
from stoa.standards.ckan.problems import Denied, Invalid, invalid

READ_AT_ONCE = 20 * 1024 * 1024
"""Files up to so many bytes are read while the caller waits; larger ones in the background."""
PACKED_AT_ONCE = 1024 * 1024
"""A packed file holds ten times as much, and a spreadsheet takes ten times as long to read as text."""
PACKED = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")
"""How zipped files (and new spreadsheets), old spreadsheets and gzip begin, whatever they are called."""
_READABLE = (
    "csv", "xlsx", "geojson", "gpkg", "parquet", "json", "jsonl", "tsv", "xls", "ods", "zip", "shp", "kml", "gml", "",
)  # fmt: skip
"""Formats of addresses that the catalogue can follow, the best first; empty: not told."""


# -- packages


@writing
def package_create(call: Call) -> dict[str, Any]:
    """A new dataset as a draft of a department: `name`, `owner_org`, `title`, `notes`, `license_id`, `tags`, `groups`,
    `private`, `maintainer_email`, `url`, `extras`, `resources` (the first readable `url` becomes its source)."""
    faults: dict[str, list[str]] = {}
    name = _kept(faults, lambda: told.name_of(call.asked)) or ""
    department = _kept(faults, lambda: _department(call)) or ""
    said = _kept(faults, lambda: _said(call, is_whole=False)) or {}
    if name and door.is_known(city=call.city, slug=name):
        faults["name"] = ["That URL is already in use."]
    if faults:
        raise Invalid(faults)
    title = said.pop("title", None) or {_language(call): name}
    card = door.draft(city=call.city, by=call.by, department=department, title=title, slug=name, **said)
    _follow(call, card.slug)
    return entries.package(call, entries.entry_of(call, card.slug))


def _kept(faults: dict[str, list[str]], read: Any) -> Any:
    """What a reader gives; its faults are gathered, so that all are told at once."""
    try:
        return read()
    except Invalid as fault:
        faults.update(fault.fields)
        return None


def _language(call: Call) -> str:
    languages = list(call.city.languages) or ["en"]
    current = get_language() or ""
    return current if current in languages else languages[0]


def _department(call: Call) -> str:
    """The short name of the department that is told by id or name; of a loaded dump also by its organization."""
    names = [asked.text(call.asked, "owner_org", most=200).strip()]
    organisation = call.asked.get("organization")
    if isinstance(organisation, dict):
        names.append(asked.text(organisation, "name", most=200).strip())
    if not any(names):
        raise invalid("owner_org", "An organization must be provided")
    for name in filter(None, names):
        try:
            return entries.organisation(call, name).slug
        except NotFound:
            continue
    raise invalid("owner_org", "Organization does not exist")


def _said(call: Call, *, is_whole: bool) -> dict[str, Any]:
    """What is said of a dataset in the catalogue's words."""
    said = told.description(call.asked, _language(call), is_whole=is_whole)
    if "is_private" in said:
        said["access"] = str(Access.INTERNAL if said.pop("is_private") else Access.OPEN)
    if said.get("landing_page", "").startswith(call.site):
        del said["landing_page"]  # our own page, as we told it ourselves
    if "groups" in call.asked:
        theme = _theme(call)
        said |= {"theme": theme} if theme else {}
    return said


def _theme(call: Call) -> str:
    """The theme of the first group; a dataset has one."""
    for one in asked.entries(call.asked, "groups", most=20):
        name = asked.text(one, "name", most=200) or asked.text(one, "id", most=200)
        try:
            return entries.theme_of(name)
        except NotFound:
            raise invalid("groups", "Group does not exist: see group_list") from None
    return ""


def _follow(call: Call, slug: str) -> None:
    """Take the best readable address among the resources as the source of the dataset."""
    found = []
    for one in asked.entries(call.asked, "resources", most=200):
        url = asked.text(one, "url", most=2000).strip()
        form = asked.text(one, "format", most=60).strip().lower()
        if (
            url.lower().startswith(("http://", "https://"))
            and not url.startswith(call.site)
            and form in _READABLE
        ):
            found.append((_READABLE.index(form), url))
    if found:
        door.set_source(city=call.city, by=call.by, slug=slug, kind="url", place=min(found)[1])


@writing
def package_update(call: Call) -> dict[str, Any]:
    """Say everything anew about a dataset (`id` or `name`): what is left out is emptied; another `owner_org` moves it."""
    return _described(call, is_whole=True)


@writing
def package_patch(call: Call) -> dict[str, Any]:
    """Change what is said about a dataset (`id`); what is left out stays; another `owner_org` moves it."""
    return _described(call, is_whole=False)


def _described(call: Call, *, is_whole: bool) -> dict[str, Any]:
    name = asked.text(call.asked, "id", most=200) or asked.needed(call.asked, "name", most=200)
    entry = entries.entry_of(call, name)
    recording.need_editing(city=call.city, by=call.by, uid=entry.card.uid)
    said = _said(call, is_whole=is_whole)
    new_name = asked.text(call.asked, "name", most=200).strip()
    if new_name not in {"", entry.card.slug, str(entry.card.uid)}:
        raise invalid("name", "The name is part of the address and does not change")
    if call.asked.get("owner_org") and (department := _department(call)) != entry.card.department:
        recording.move(city=call.city, by=call.by, uid=entry.card.uid, department=department)
    if said.get("access") == Access.OPEN and entry.card.access != Access.INTERNAL:
        del said["access"]  # not private already: who may read the rows is not changed by saying so
    if said:
        door.describe(city=call.city, by=call.by, slug=entry.card.slug, **said)
    _follow(call, entry.card.slug)
    if asked.text(call.asked, "state", most=20) == "deleted" and entry.card.state != "retired":
        recording.end(city=call.city, by=call.by, uid=entry.card.uid, reason="CKAN API")
        return entries.package(call, entry) | {"state": "deleted"}
    return entries.package(call, entries.entry_of(call, str(entry.card.uid)))


@writing
def package_delete(call: Call) -> None:
    """Take a dataset out of the offer (`id`); a draft is deleted. What was public stays readable, marked as retired."""
    entry = entries.entry_of(call, asked.needed(call.asked, "id"))
    recording.end(city=call.city, by=call.by, uid=entry.card.uid, reason="CKAN API")


@writing
def dataset_purge(call: Call) -> None:
    """Not offered: what was public stays readable, since others may rely on it."""
    raise Denied("What was public is not erased; package_delete takes it out of the offer")


# -- resources


def writing_entry(call: Call, name: str = "id") -> Entry:
    """The dataset of a resource id, also while it has no rows yet, for somebody who may change it."""
    given = asked.needed(call.asked, name, most=200)
    try:
        candidates = packages_of(UUID(given), entries.FORMATS)
        entry = finding.entry_of_ids(city=call.city, by=call.by, ids=list(candidates))
    except (ValueError, NotFound):
        entry = _by_alias(call, given)
    recording.need_editing(city=call.city, by=call.by, uid=entry.card.uid)
    return entry


def _by_alias(call: Call, given: str) -> Entry:
    try:
        return entries.entry_of(call, given)
    except NotFound:
        raise NotFound("resource", given[:80]) from None


def table_resource(call: Call, uid: UUID) -> dict[str, Any]:
    """The resource of a dataset's table; before its first version it is announced, not active."""
    entry = entries.entry_of(call, str(uid))
    if TABLE in entries.codes_of(entry):
        return entries.resource(call, entry, TABLE)
    label, media, _words = entries.FORMATS[TABLE]
    url = entries.address(call, "dataset-download", entry.card.slug, TABLE)
    facts = entries.package_facts(call, entry)
    announced = ResourceFacts(TABLE, label, media, url, f"{facts.title} ({label})")
    return resource_dict(facts, announced, 0) | {"datastore_active": False, "state": "draft"}


@writing
def resource_create(call: Call) -> dict[str, Any]:
    """Data for a dataset (`package_id`): a file as `upload` becomes its next version, a `url` its source."""
    entry = entries.entry_of(call, asked.needed(call.asked, "package_id", most=200))
    recording.need_editing(city=call.city, by=call.by, uid=entry.card.uid)
    return _filled(call, entry)


@writing
def resource_update(call: Call) -> dict[str, Any]:
    """New data for the dataset of a resource (`id`): a file as `upload`, or a `url`."""
    return _filled(call, writing_entry(call))


@writing
def resource_patch(call: Call) -> dict[str, Any]:
    """The same: formats are made from the data and have nothing else to change."""
    return _filled(call, writing_entry(call))


def _filled(call: Call, entry: Entry) -> dict[str, Any]:
    upload = call.files.get("upload")
    if upload is not None:
        _take(call, entry, upload)
    else:
        _follow(call.with_asked(resources=[dict(call.asked)]), entry.card.slug)
    return table_resource(call, entry.card.uid)


def is_read_at_once(upload: UploadedFile[Any]) -> bool:
    """Whether a file is so small that its sender can wait for it."""
    start = upload.read(4)
    upload.seek(0)
    return (upload.size or 0) <= (PACKED_AT_ONCE if start.startswith(PACKED) else READ_AT_ONCE)


def _take(call: Call, entry: Entry, upload: UploadedFile[Any]) -> None:
    name, note = upload.name or "file", asked.text(call.asked, "description", most=500)
    if not is_read_at_once(upload):
        door.take(
            city=call.city, by=call.by, slug=entry.card.slug, chunks=content_of(upload), name=name,
            publishes_itself=True, note=note,
        )  # fmt: skip
        return
    recording.take_and_read(
        city=call.city, by=call.by, slug=entry.card.slug, chunks=content_of(upload), name=name, note=note
    )


@writing
def resource_delete(call: Call) -> None:
    """Not offered for one format: all are made from the same rows."""
    entry = writing_entry(call)
    code = next(code for code in entries.FORMATS if code)
    raise invalid(
        "id",
        f"{resource_id(entry.card.uid, code)}: every format is made from the same rows and none can be deleted alone;"
        " package_delete takes the dataset out of the offer",
    )
