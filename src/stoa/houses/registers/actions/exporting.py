# SPDX-License-Identifier: EUPL-1.2
"""Every register is a dataset of the catalogue, kept up to date by a job after each publication."""

from __future__ import annotations

import csv
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.jobs.asking import ask_once
from stoa.commons.roles.values import Grant, Principal
from stoa.ground.problems import Refused
from stoa.ground.words import LanguageText
from stoa.houses.catalogue import door as catalogue
from stoa.houses.registers.models import Entry
from stoa.houses.registers.queries.entries import all_shown
from stoa.houses.registers.queries.kinds import dataset_slug, kind_of, setting_of
from stoa.houses.registers.rules.declaring import Kind, Label
from stoa.houses.registers.rules.tabling import COLUMNS_FIRST, TableColumn, columns_of, row_of

RIGHTS = frozenset(
    f"catalogue.{right}"
    for right in ("add_dataset", "edit_dataset", "publish_dataset", "release_personal", "see_drafts")
)
"""What the register does in the catalogue, in the name of the reviewers who published the entries one by one."""


def ask_export(city_id: int, body: dict[str, Any]) -> None:
    """Listens to publications and ends: the dataset of the register is asked for anew."""
    from stoa.houses.registers.jobs import export_kind

    ask_once(export_kind, f"register-{city_id}-{body['kind']}", city_id=city_id, kind=str(body["kind"]))


def export_kind(*, city_id: int, slug: str) -> int | None:
    """Hand the public part of a register to the catalogue; the number of the new version, None if nothing changed.

    Runs between transactions, because the catalogue reads the file in a process of its own.
    """
    with acting_in(city_id):
        city = City.objects.get(pk=city_id)
        kind = kind_of(city, slug)
        shown = list(all_shown(city=city, kind=kind))
        if not shown:
            return None
        by = _register(city)
        language = (list(city.languages) or ["en"])[0]
        with translation.override(language):
            table = columns_of(kind, gettext)
        _need_dataset(city, kind, shown[0], by)
    place = Path(settings.STOA_WORK) / f"register-{secrets.token_hex(8)}"
    place.mkdir(parents=True)
    try:
        file = place / f"{dataset_slug(kind)}.csv"
        _write(file, kind, table, shown)
        read = catalogue.hand_in(
            city=city, by=by, slug=dataset_slug(kind), path=file, choices=_choices(kind, table)
        )
    finally:
        shutil.rmtree(place, ignore_errors=True)
    if read.problem is not None:
        raise Refused(read.problem)
    with acting_in(city):
        catalogue.release(
            city=city, by=by, slug=dataset_slug(kind), reading_id=read.id,
            reason="Declared public in the register; every entry was reviewed before its publication.",
        )  # fmt: skip
        made = catalogue.publish(city=city, by=by, reading_id=read.id)
    return made.number if made else None


def _register(city: City) -> Principal:
    return Principal(city.pk, None, "register", (Grant("job", RIGHTS),), channel="job")


def _need_dataset(city: City, kind: Kind, first: Entry, by: Principal) -> None:
    """The dataset of a register comes into being with its first published entry."""
    if catalogue.is_known(city=city, slug=dataset_slug(kind)):
        return
    department = setting_of(city, kind).department or first.department
    catalogue.draft(
        city=city,
        by=by,
        department=department.slug,
        title=_in_languages(city, kind.dataset_title or kind.title),
        slug=dataset_slug(kind),
        description=_in_languages(city, kind.dataset_description or kind.about),
        theme="GOVE",
        licence="CC0",
        keywords=["register", kind.slug],
        frequency="IRREG",
    )


def _in_languages(city: City, label: Label) -> LanguageText:
    if not isinstance(label, str):
        return label
    told = {}
    for language in list(city.languages) or ["en"]:
        with translation.override(language):
            told[language] = gettext(label)
    return told


def _write(file: Path, kind: Kind, table: Sequence[TableColumn], shown: Sequence[Entry]) -> None:
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow([column.name for column in table])
        for entry in shown:
            first = {
                "id": str(entry.uid),
                "code": entry.code,
                "in_use": "false" if entry.is_retired else "true",
                "department": entry.department.slug,
                "published_on": entry.published_at.date().isoformat() if entry.published_at else "",
                "ended_on": entry.retired_at.date().isoformat() if entry.retired_at else "",
            }
            writer.writerow(row_of(table, first, entry.shown or {}, kind))


def _choices(kind: Kind, table: Sequence[TableColumn]) -> dict[str, Any]:
    columns = {
        column.name: {"kind": str(column.kind), "label": column.label, "description": column.description}
        for column in table
    }
    geometry = (
        {"source": "xy", "x": "longitude", "y": "latitude", "crs": "OGC:CRS84"}
        if kind.place_field
        else {"source": "none"}
    )
    return {
        "header_rows": [1], "missing": [""], "separator": ",", "encoding": "utf-8",
        "key": [COLUMNS_FIRST[0]], "columns": columns, "geometry": geometry,
    }  # fmt: skip
