# SPDX-License-Identifier: EUPL-1.2
"""Loading a whole city from a city folder, by the same doors as a clerk's upload."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db import connections

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.cityfolder.files import packed
from stoa.commons.cityfolder.parsing import read_city_folder
from stoa.commons.cityfolder.values import CityFolder, FolderDataset, FolderVersion
from stoa.commons.people.actions import give_role, invite_person, set_up_city, set_up_department
from stoa.commons.people.models import Person
from stoa.commons.roles.book import MANAGER, OFFICER, STEWARD
from stoa.ground.problems import NotFound, Refused
from stoa.houses.catalogue import door
from stoa.houses.observations.door import replaying
from stoa.site.asking import operator
from stoa.site.simulation.building import build

Note = Callable[[str], None]
AT_ONCE = 2
"""Files that are read at the same time: one a core of a small machine."""


@dataclass(slots=True)
class Loaded:
    """What came of it."""

    city: str
    datasets: int = 0
    versions: int = 0
    rows: int = 0
    seconds: float = 0
    entries: int = 0
    """Of registers."""
    refused: list[tuple[str, str]] = field(default_factory=list)


def load_simulated(seed: int, *, note: Note) -> Loaded:
    """Build the simulated city in a folder of its own and load it."""
    with tempfile.TemporaryDirectory(prefix="stoa-town-") as folder:
        note("Building a town that does not exist ...")
        return load_city(build(Path(folder), seed=seed, today=datetime.now(UTC).date()), None, note=note)


def load_city(folder: Path, data: Path | None, *, note: Note) -> Loaded:
    """Load a city folder; datasets that are there already get new versions if their content changed."""
    started = time.monotonic()
    described = read_city_folder(folder, data)
    city = _set_up(described)
    loaded = Loaded(city.slug)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for dataset, result in zip(
            described.datasets, pool.map(lambda d: _load_apart(city, d), described.datasets), strict=True
        ):
            versions, rows, problem = result
            loaded.datasets += bool(versions)
            loaded.versions += versions
            loaded.rows += rows
            if problem:
                loaded.refused.append((dataset.slug, problem))
            note(f"  {dataset.slug}: {rows:,} rows" if not problem else f"  {dataset.slug}: refused")
    _play(city, described, note)
    if apps.is_installed("stoa.houses.registers"):
        from stoa.site.loading_registers import load_registers

        loaded.entries, refused = load_registers(city, folder)
        loaded.refused += refused
        note(f"  registers: {loaded.entries:,} entries")
    loaded.seconds = time.monotonic() - started
    return loaded


def _play(city: City, described: CityFolder, note: Note) -> None:
    """Set up what is to be played as live sensors, and write its last days; a refusal stops nobody else."""
    by = operator()
    for live in described.live:
        recipe = {key: value for key, value in live.items() if key not in {"name", "department"}}
        try:
            with acting_in(city):
                count = replaying.begin(
                    city=city, by=by, department=live["department"], name=live["name"], recipe=recipe
                )
            note(f"  {live['name']}: {count:,} live values")
        except (Refused, NotFound) as refusal:
            note(f"  {live['name']}: not played: {refusal}")


def _set_up(described: CityFolder) -> City:
    told, by = described.city, operator()
    fields: dict[str, Any] = {
        "name": dict(told.name),
        "languages": list(told.languages),
        "zone": told.zone,
        "area": list(told.area),
    }
    fields |= {"country": told.country if told.country != "XX" else "", "is_simulated": told.is_simulated}
    if told.accent:
        fields["accent"] = told.accent
    city = set_up_city(slug=told.slug, by=by, **fields)
    with acting_in(city):
        for department in described.departments:
            set_up_department(
                city=city,
                slug=department.slug,
                name=department.name,
                by=by,
                parent=department.parent,
                email=department.email,
            )
        if told.is_simulated:
            _invent_people(city, described)
    return city


def _invent_people(city: City, described: CityFolder) -> None:
    """Accounts for trying the desk out; only ever in a simulated city. The password is in the tutorial."""
    from stoa.commons.people.queries import departments

    by, known = operator(), departments(city)
    invented = (
        ("steward", STEWARD, None),
        ("manager", MANAGER, None),
        ("officer", OFFICER, known[0] if known else None),
    )
    for name, role, department in invented:
        email = f"{name}@{city.slug}.example"
        is_new = not Person.objects.filter(email=email).exists()
        person = invite_person(
            city=city,
            email=email,
            by=by,
            name=name.title(),
            language=described.city.languages[0],
            password="simulated city" if is_new else None,
        )
        give_role(city=city, person=person, role=role, by=by, department=department)


def _load_apart(city: City, dataset: FolderDataset) -> tuple[int, int, str]:
    """One dataset with all its versions, in a thread with connections of its own."""
    try:
        return _load(city, dataset)
    finally:
        connections.close_all()


def _load(city: City, dataset: FolderDataset) -> tuple[int, int, str]:
    by, versions, rows = operator(), 0, 0
    try:
        with acting_in(city):
            if not door.is_known(city=city, slug=dataset.slug):
                door.draft(
                    city=city,
                    by=by,
                    department=dataset.department,
                    title=dataset.title,
                    slug=dataset.slug,
                    **_said(dataset),
                )
        for version in dataset.versions:
            made = _load_version(city, dataset, version)
            versions += 1
            rows = made if made is not None else rows
    except Refused as refusal:
        return versions, rows, str(refusal)
    return versions, rows, ""


def _said(dataset: FolderDataset) -> dict[str, object]:
    words = sorted({word for words in dataset.keywords.values() for word in words})
    period = dataset.period or (None, None)
    return {
        "description": dict(dataset.description),
        "theme": dataset.theme,
        "licence": dataset.licence,
        "frequency": dataset.frequency,
        "access": dataset.access,
        "keywords": words,
        "contact": dataset.contact_email,
        "spatial": dataset.spatial,
        "period_from": period[0],
        "period_to": period[1],
        "source_note": dataset.source[:500],
        "languages": list(dataset.languages),
        "hvd_category": dataset.hvd_category,
        "conforms_to": dataset.conforms_to,
        "landing_page": dataset.landing_page,
    }


def _load_version(city: City, dataset: FolderDataset, version: FolderVersion) -> int | None:
    """Read and publish one version; its rows, or None for a draft or when nothing changed."""
    by = operator()
    choices = dict(dataset.choices) | ({"table": dataset.table} if dataset.table else {})
    with tempfile.TemporaryDirectory(prefix="stoa-load-") as folder:
        several = dataset.combine and len(version.paths) > 1
        path = packed(version, dataset.slug, Path(folder)) if several else version.paths[0]
        read = door.hand_in(
            city=city, by=by, slug=dataset.slug, path=path, choices=choices, note=version.note
        )
    if read.problem is not None:
        raise Refused(read.problem)
    if not dataset.publish:
        return None
    with acting_in(city):
        if dataset.release:
            door.release(city=city, by=by, slug=dataset.slug, reading_id=read.id, reason=dataset.release)
        made = door.publish(
            city=city,
            by=by,
            reading_id=read.id,
            note=version.note,
            made_at=_moment(version.issued_on, city.zone),
        )
    return made.rows if made else None


def _moment(day: date | None, zone: str) -> datetime | None:
    """Noon of a day in the city's zone."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone)) if day else None
