# SPDX-License-Identifier: EUPL-1.2
"""From the text of `city.toml` to values: everything wrong is found at once and told with field and line."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from zoneinfo import available_timezones

from stoa.commons.cityfolder.choices import check_choices
from stoa.commons.cityfolder.fields import Fields, Notes
from stoa.commons.cityfolder.files import find_files
from stoa.commons.cityfolder.values import (
    ACCESS_LEVELS,
    CityFolder,
    FolderCity,
    FolderDataset,
    FolderDepartment,
    FolderVersion,
)
from stoa.ground.geometry import Box
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import Saying, say
from stoa.standards.vocabularies import FREQUENCIES, HVD_CATEGORIES, LANGUAGES, LICENCES, THEMES

NAME = "city.toml"
MOST_BYTES = 4 * 1024 * 1024
MOST_DATASETS = 2000
MOST_PROBLEMS = 20
"""So many are told at once; a file with more is mended step by step."""

_CITY = {"slug", "name", "lead", "languages", "zone", "area", "country", "accent", "is_simulated"}
_DEPARTMENT = {"slug", "name", "parent", "email"}
_VERSION = {"files", "note", "date"}
_DATASET = _VERSION | {
    "slug", "title", "description", "department", "theme", "licence", "versions", "frequency", "access",
    "keywords", "contact", "spatial", "period", "source", "table", "combine", "choices", "release", "publish",
    "languages", "hvd_category", "conforms_to", "landing_page",
}  # fmt: skip
_LIVE = {
    "name",
    "department",
    "dataset",
    "time",
    "thing",
    "sensor",
    "values",
    "places",
    "every_s",
    "history_days",
}
_ACCENT = re.compile(r"#[0-9a-fA-F]{6}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def read_city_folder(folder: Path, data: Path | None = None) -> CityFolder:
    """The city that a folder describes, every file found; `data` is the data root if it is another folder.

    Raises `Refused` with every problem of the description, else with every file that is not there.
    """
    path = folder / NAME
    if not path.is_file():
        raise Refused(
            Problem(
                "cityfolder.description_missing",
                say("There is no city.toml in the folder '%(folder)s'.", folder=folder.name),
                say("It tells which city this is and what its files mean."),
                say("Give the folder in which the city.toml lies, or write one: see the reference."),
            )
        )
    if path.stat().st_size > MOST_BYTES:
        raise _unreadable(say("The city.toml is larger than 4 MiB."))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise _unreadable(say("The city.toml is not written in UTF-8.")) from None
    return find_files(parse_city(text), data or folder)


def parse_city(text: str) -> CityFolder:
    """What the text of a `city.toml` says, without looking for files. Raises `Refused`."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _unreadable(say("The city.toml cannot be read: %(error)s.", error=str(error)[:200])) from None
    notes = Notes(text)
    root = Fields(data, notes, "city.toml")
    root.known({"city", "departments", "datasets", "live"})
    city = _city(Fields(root.section("city"), notes, "city"))
    departments = [_department(item, city) for item in _items(root, "departments")]
    datasets = [_dataset(item, city) for item in _items(root, "datasets")]
    live = [_live(item) for item in _items(root, "live")]
    folder = CityFolder(city, _ordered(departments, notes), tuple(datasets), tuple(live))
    _check_together(folder, notes)
    if notes.problems:
        raise Refused(*notes.problems[:MOST_PROBLEMS])
    return folder


def _unreadable(what: Saying) -> Refused:
    return Refused(
        Problem(
            "cityfolder.description_unreadable",
            what,
            say("Without it nobody knows what the files mean."),
            say("Open it in a text editor, mend the place that is named, save it as UTF-8."),
        )
    )


def _items(root: Fields, key: str) -> list[Fields]:
    value = root.data.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        root.wrong(
            "section_malformed",
            key,
            say("%(where)s: a list of tables is expected."),
            say("Write each as [[name]]."),
        )
        return []
    if len(value) > MOST_DATASETS:
        root.wrong(
            "too_many", key, say("%(where)s: there are more than 2000 of them."), say("Split the folder.")
        )
    return [Fields(item, root.notes, key, n) for n, item in enumerate(value[:MOST_DATASETS])]


def _city(fields: Fields) -> FolderCity:
    fields.known(_CITY)
    languages = fields.texts("languages", required=True)
    zone = fields.text("zone", required=True)
    if zone and zone not in available_timezones():
        fields.wrong(
            "zone_unknown",
            "zone",
            say("%(where)s: there is no such time zone."),
            say("Write it like Europe/Berlin."),
        )
    country = fields.text("country", required=True).upper()
    if country and not re.fullmatch(r"[A-Z]{2}", country):
        fields.wrong(
            "country_malformed",
            "country",
            say("%(where)s: two letters are expected."),
            say("Write DE, GB, FR ..."),
        )
    accent = fields.text("accent")
    if accent and not _ACCENT.fullmatch(accent):
        fields.wrong(
            "accent_malformed",
            "accent",
            say("%(where)s: a colour is expected."),
            say("Write it like #1a5276."),
        )
    return FolderCity(
        slug=fields.slug(),
        name=fields.label("name", languages, required=True),
        languages=languages,
        zone=zone,
        area=_area(fields),
        country=country,
        accent=accent,
        is_simulated=fields.flag("is_simulated"),
        lead=fields.label("lead", languages),
    )


def _area(fields: Fields) -> Box:
    value = fields.data.get("area")
    numbers = value if isinstance(value, list) else []
    if len(numbers) == 4 and all(isinstance(n, int | float) and not isinstance(n, bool) for n in numbers):
        west, south, east, north = map(float, numbers)
        if -180 <= west < east <= 180 and -90 <= south < north <= 90:
            return Box(west, south, east, north)
    fields.wrong(
        "area_malformed",
        "area",
        say("%(where)s: four degrees are expected: west, south, east, north."),
        say("Write it like [7.47, 51.84, 7.78, 52.06]."),
    )
    return Box(-180.0, -90.0, 180.0, 90.0)


def _department(fields: Fields, city: FolderCity) -> FolderDepartment:
    fields.known(_DEPARTMENT)
    return FolderDepartment(
        slug=fields.slug(),
        name=fields.label("name", city.languages, required=True),
        parent=fields.text("parent"),
        email=_email(fields.text("email"), fields, "email"),
    )


def _email(value: str, fields: Fields, key: str) -> str:
    if value and not _EMAIL.fullmatch(value):
        fields.wrong(
            "email_malformed",
            key,
            say("%(where)s: this is no e-mail address."),
            say("Write name@example.org."),
        )
    return value


def _dataset(fields: Fields, city: FolderCity) -> FolderDataset:
    fields.known(_DATASET)
    contact = fields.section("contact")
    if any(key not in ("name", "email") or not isinstance(value, str) for key, value in contact.items()):
        fields.wrong(
            "contact_malformed",
            "contact",
            say("%(where)s: name and email are expected."),
            say("Drop the rest."),
        )
        contact = {}
    return FolderDataset(
        slug=fields.slug(),
        title=fields.label("title", city.languages, required=True),
        description=fields.label("description", city.languages, required=True),
        department=fields.text("department", required=True),
        theme=fields.one_of("theme", THEMES),
        licence=fields.one_of("licence", LICENCES),
        versions=_versions(fields),
        frequency=fields.one_of("frequency", FREQUENCIES, default="UNKNOWN"),
        access=fields.one_of("access", ACCESS_LEVELS, default="open"),
        keywords=_keywords(fields, city),
        contact_name=contact.get("name", ""),
        contact_email=_email(contact.get("email", ""), fields, "contact"),
        spatial=fields.text("spatial"),
        period=_period(fields),
        source=fields.text("source"),
        languages=_data_languages(fields),
        hvd_category=fields.one_of("hvd_category", HVD_CATEGORIES, default=""),
        conforms_to=fields.text("conforms_to"),
        landing_page=fields.text("landing_page"),
        table=fields.text("table"),
        combine=fields.flag("combine"),
        choices=check_choices(fields),
        release=fields.text("release"),
        publish=fields.flag("publish", default=True),
    )


def _data_languages(fields: Fields) -> tuple[str, ...]:
    codes = fields.texts("languages")
    unknown = [code for code in codes if code not in LANGUAGES]
    if unknown:
        fields.wrong(
            "value_unknown",
            "languages",
            say("%(where)s: '%(value)s' is not a value of this list.", value=unknown[0][:80]),
            say("Use one of: %(names)s.", names=", ".join(LANGUAGES)),
        )
    return tuple(code for code in codes if code in LANGUAGES)


def _versions(fields: Fields) -> tuple[FolderVersion, ...]:
    entries = fields.data.get("versions")
    if entries is None:
        return (_version(fields),)
    if not isinstance(entries, list) or not entries or not all(isinstance(e, dict) for e in entries):
        fields.wrong(
            "versions_malformed",
            "versions",
            say("%(where)s: a list of tables is expected."),
            say("Write [[datasets.versions]]."),
        )
        return ()
    if "files" in fields.data:
        fields.wrong(
            "files_twice",
            "files",
            say("%(where)s: files are named beside versions and in them."),
            say("Move them into the first [[datasets.versions]]."),
        )
    versions = []
    for entry in entries:
        one = Fields({"slug": fields.data.get("slug"), **entry}, fields.notes, fields.table, fields.number)
        one.known(_VERSION | {"slug"})
        versions.append(_version(one))
    days = [version.issued_on for version in versions if version.issued_on]
    if days != sorted(days):
        fields.wrong(
            "versions_out_of_order",
            "versions",
            say("%(where)s: the dates of the versions go back."),
            say("Write the oldest version first."),
        )
    return tuple(versions)


def _version(fields: Fields) -> FolderVersion:
    return FolderVersion(fields.texts("files", required=True), fields.text("note"), fields.day("date"))


def _keywords(fields: Fields, city: FolderCity) -> dict[str, tuple[str, ...]]:
    value = fields.data.get("keywords")
    if not isinstance(value, dict):
        words = fields.texts("keywords")
        return {city.languages[0]: words} if words and city.languages else {}
    inner = Fields(value, fields.notes, fields.table, fields.number)
    inner.known(city.languages)
    return {tag: inner.texts(tag) for tag in value}


def _period(fields: Fields) -> tuple[date, date] | None:
    value = fields.data.get("period")
    if value is None:
        return None
    if isinstance(value, list) and len(value) == 2 and all(type(day) is date for day in value):
        first, last = value
        if first <= last:
            return (first, last)
    fields.wrong(
        "period_malformed",
        "period",
        say("%(where)s: two dates are expected, the earlier first."),
        say("Write it like [2024-01-01, 2025-12-31]."),
    )
    return None


def _ordered(departments: list[FolderDepartment], notes: Notes) -> tuple[FolderDepartment, ...]:
    """Parents before children; a missing parent or a circle is noted."""
    done: dict[str, FolderDepartment] = {}
    waiting = list(departments)
    while waiting:
        ready = [d for d in waiting if not d.parent or d.parent in done]
        if not ready:
            for d in waiting:
                Fields({"slug": d.slug}, notes, "departments", departments.index(d)).wrong(
                    "parent_unknown",
                    "parent",
                    say(
                        "'%(parent)s' is no other department, or stands below this one.", parent=d.parent[:80]
                    ),
                    say("%(where)s: Name the slug of the department above, or leave parent out."),
                )
            break
        for d in ready:
            done[d.slug] = d
        waiting = [d for d in waiting if d not in ready]
    return tuple(done.values())


def _live(fields: Fields) -> dict[str, object]:
    """A dataset to be played as live sensors; what its columns mean is checked where it is played."""
    fields.known(_LIVE)
    fields.slug("name")
    for key in ("department", "dataset"):
        fields.text(key, required=True)
    return dict(fields.data)


def _check_together(folder: CityFolder, notes: Notes) -> None:
    known = {d.slug for d in folder.departments}
    told = {d.slug for d in folder.datasets}
    for number, live in enumerate(folder.live):
        fields = Fields(live, notes, "live", number)
        if live.get("department") not in known:
            fields.wrong(
                "department_unknown",
                "department",
                say("%(where)s: there is no department '%(slug)s'.", slug=str(live.get("department"))[:80]),
                say("Name one of: %(names)s.", names=", ".join(sorted(known))),
            )
        if live.get("dataset") not in told:
            fields.wrong(
                "dataset_unknown",
                "dataset",
                say("%(where)s: there is no dataset '%(slug)s'.", slug=str(live.get("dataset"))[:80]),
                say("Name one of the datasets of this file by its slug."),
            )
    seen: set[str] = set()
    for number, dataset in enumerate(folder.datasets):
        fields = Fields({"slug": dataset.slug}, notes, "datasets", number)
        if dataset.slug in seen:
            fields.wrong(
                "slug_taken",
                "slug",
                say("%(where)s: the slug is used twice."),
                say("Give each dataset its own."),
            )
        seen.add(dataset.slug)
        if dataset.department and dataset.department not in known:
            fields.wrong(
                "department_unknown",
                "department",
                say("%(where)s: there is no department '%(slug)s'.", slug=dataset.department[:80]),
                say("Name one of: %(names)s.", names=", ".join(sorted(known))),
            )
