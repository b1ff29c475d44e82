# SPDX-License-Identifier: EUPL-1.2
"""Every group of series is a dataset of the catalogue: one new version a day, if anything is different.

A version holds whole days of the city's clock until the last midnight. DuckDB writes it from the files of history
and what the hot table adds; whether anything is different is seen before, from a few columns. Killed anywhere, the
next run does the same again: the catalogue makes no second version of the same content.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext

from stoa.commons.cities.acting import acting_in
from stoa.commons.cities.models import City
from stoa.commons.history.tables import Rows, TableWriter, Told
from stoa.commons.history.values import Key
from stoa.commons.history.writing import write_sorted
from stoa.commons.lake.place import layout
from stoa.ground.problems import Problem, Refused
from stoa.ground.tables import ColumnSpec
from stoa.ground.words import say
from stoa.houses.catalogue import door as catalogue
from stoa.houses.observations.actions.grouping import acting_for, close_if_needed
from stoa.houses.observations.models import HistoryFile, RemovedObservation, SeriesGroup
from stoa.houses.observations.queries.groups import members_of
from stoa.houses.observations.queries.hot import hot_rows
from stoa.houses.observations.rules.grouping import KEY, Member, columns_of, may_be_open, window
from stoa.houses.observations.rules.instants import us_of
from stoa.houses.observations.terms import NO_RESULT_TIME, Quality

ROWS_MOST = 20_000_000
VERSIONS_KEPT = 31
"""Of the daily versions; beside them the catalogue keeps the first and the last of every month."""
REASON = "Every series in it is open to everybody already."
_QUALITY = " ".join(f"WHEN {int(flag)} THEN '{flag.name.lower()}'" for flag in Quality)
_MADE_OF = {
    "series": "facts.uid",
    "thing": "facts.thing",
    "property": "facts.property",
    "unit": "facts.unit",
    "phenomenon_time": 'told."at"',
    "end_time": 'told."until"',
    "result_time": "told.result_at",
    "result": "told.number",
    "result_text": "coalesce(told.text, told.json)",
    "quality": f"CASE told.quality {_QUALITY} END",
    "longitude": "facts.longitude",
    "latitude": "facts.latitude",
}


@dataclass(frozen=True, slots=True)
class Exported:
    """What became of one look at a group."""

    version: int | None = None
    """Number of the new version; None: nothing is different."""
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class _File:
    """A table that was written."""

    path: Path
    digest: str
    is_once: bool
    """No series has two rows of the same time."""


def export_group(*, city_id: int, group_id: int, now: datetime | None = None) -> Exported:
    """Make the version of today if anything is different. Call it outside a transaction."""
    now = now or timezone.now()
    try:
        done = _export(city_id, group_id, now)
    except Refused as refusal:
        done = Exported(problem=refusal.problem)
    with acting_in(city_id):
        SeriesGroup.objects.filter(pk=group_id).update(
            tried_at=now, problem=done.problem.to_json() if done.problem else None
        )
    return done


def _export(city_id: int, group_id: int, now: datetime) -> Exported:
    place = Path(settings.STOA_WORK) / f"series-{secrets.token_hex(8)}"
    place.mkdir(parents=True)
    try:
        with acting_in(city_id):
            group = SeriesGroup.objects.select_related("city", "department").get(pk=group_id)
            members = members_of(group)
            since, until = window(now, group.window_days, ZoneInfo(group.city.zone or "UTC"))
            rows = _rows(group, members, since, until, place)
        if group.dataset:
            with acting_in(city_id):
                close_if_needed(group)
        columns = columns_of(members)
        with TableWriter(layout(), rows, _facts(members), place / "spill") as writer:
            told = writer.look()
            if told.digest == group.stamp:
                _reached(group, until)
                return Exported()
            _refuse_size(told)
            file = place / "values.parquet"
            is_once = writer.write(told, [(one.name, _MADE_OF[one.name]) for one in columns], file)
        return _hand_in(group, members, _File(file, told.digest, is_once), until)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _rows(
    group: SeriesGroup, members: Sequence[Member], since: datetime, until: datetime, place: Path
) -> Rows:
    """What history says of the series now.

    The hot table is read first: a day that goes to the lake meanwhile is told twice and counts once.
    """
    wanted = [member.pk for member in members]
    hot = place / "hot.parquet"
    write_sorted(layout(), hot_rows(group.city_id, since, until, wanted), hot)
    paths = HistoryFile.objects.filter(
        city_id=group.city_id, replaced_at=None, begins__lte=until.date(), ends__gt=since.date()
    )
    removed = RemovedObservation.objects.filter(
        city_id=group.city_id, datastream_id__in=wanted, at__gte=since, at__lt=until
    )
    keys = [
        Key(series, us_of(at), None if result_at == NO_RESULT_TIME else us_of(result_at))
        for series, at, result_at in removed.values_list("datastream_id", "at", "result_at")
    ]
    return Rows(list(paths.values_list("path", flat=True)), hot, since, until, keys)


def _facts(members: Sequence[Member]) -> pa.Table:
    kinds = {"pk": pa.int64(), "longitude": pa.float64(), "latitude": pa.float64()}
    names = ("pk", "uid", "thing", "property", "unit", "longitude", "latitude")
    columns = [
        pa.array([getattr(one, name) for one in members], kinds.get(name, pa.string())) for name in names
    ]
    return pa.table(columns, names=["datastream_id", *names[1:]])


def _refuse_size(told: Told) -> None:
    if not told.rows:
        raise Refused(
            Problem(
                "observations.group_empty",
                say("There is no value in the span that a version covers."),
                say("People would open an empty table."),
                say("Have a version reach further back, or wait for values."),
            )
        )
    if told.rows > ROWS_MOST:
        raise Refused(
            Problem(
                "observations.group_too_large",
                say(
                    "These are %(rows)s rows; a version holds %(most)s at most.",
                    rows=told.rows,
                    most=ROWS_MOST,
                ),
                say("Every version is a whole file that people download."),
                say("Have a version reach less far back, or make several groups."),
            )
        )


def _hand_in(group: SeriesGroup, members: Sequence[Member], file: _File, until: datetime) -> Exported:
    city, by = group.city, acting_for(group)
    with acting_in(city):
        _need_dataset(group, members)
        is_open = catalogue.dataset(city=city, by=by, slug=group.dataset).access == "open"
        _note_series(group, members)
    read = catalogue.hand_in(
        city=city, by=by, slug=group.dataset, path=file.path, name=f"{group.dataset}.parquet",
        choices=_choices(city, columns_of(members), is_once=file.is_once),
    )  # fmt: skip
    if read.problem is not None:
        raise Refused(read.problem)
    with acting_in(city):
        if is_open:
            catalogue.release(city=city, by=by, slug=group.dataset, reading_id=read.id, reason=REASON)
        made = catalogue.publish(city=city, by=by, reading_id=read.id)
        catalogue.let_file_go(city=city, by=by, reading_id=read.id)
        group.stamp = file.digest
        group.save(update_fields=["stamp"])
        _reached(group, until)
    return Exported(made.number if made else None)


def _reached(group: SeriesGroup, until: datetime) -> None:
    with acting_in(group.city_id):
        SeriesGroup.objects.filter(pk=group.pk).update(reaches_to=until)


def _note_series(group: SeriesGroup, members: Sequence[Member]) -> None:
    """Before a series stands in a version it is known that it does, and whether it was public then."""
    group.exported = sorted({*group.exported, *(member.pk for member in members)})
    group.closed = sorted({*group.closed, *(member.pk for member in members if not member.is_open)})
    group.save(update_fields=["exported", "closed"])


def _need_dataset(group: SeriesGroup, members: Sequence[Member]) -> None:
    """The dataset comes into being with the first version; one that somebody deleted comes anew."""
    if group.dataset and catalogue.is_known(city=group.city, slug=group.dataset):
        return
    is_open = may_be_open([one.pk for one in members], (), (), {one.pk: one.is_open for one in members})
    card = catalogue.draft(
        city=group.city,
        by=acting_for(group),
        department=group.department.slug,
        title=group.title,
        description=group.description,
        theme=group.theme,
        licence=group.licence,
        access="open" if is_open else "internal",
        frequency="DAILY",
        keywords=sorted({one.property[:50] for one in members})[:10],
        keep_versions=VERSIONS_KEPT,
    )
    group.dataset, group.exported, group.closed = card.slug, [], []
    group.save(update_fields=["dataset", "exported", "closed"])


def _choices(city: City, columns: Sequence[ColumnSpec], *, is_once: bool) -> dict[str, Any]:
    with translation.override((list(city.languages) or ["en"])[0]):
        said = {
            column.name: {
                "kind": str(column.kind),
                "unit": column.unit,
                "description": gettext(column.description),
                "is_code_list": column.is_code_list,
            }
            for column in columns
        }
    key = list(KEY) if is_once else []
    return {"missing": [""], "columns": said, "geometry": {"source": "none"}, "key": key}
