# SPDX-License-Identifier: EUPL-1.2
"""The way to downloads: a file that can be sent in parts, a stream, and the dictionary beside them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from stoa.commons.lake import dictionary
from stoa.commons.lake import door as lake
from stoa.commons.lake.exports import layers, reading, refusals, sheets, storing, texts
from stoa.commons.lake.exports.columns import Field, fields, place_fields, select
from stoa.commons.lake.exports.texts import TextPlan
from stoa.commons.lake.exports.values import (
    MEDIA_TYPE,
    STREAMED,
    About,
    ExportFile,
    Format,
    Headings,
    Limits,
    Wanted,
)
from stoa.commons.lake.values import Layout, Query, Sql, VersionRef
from stoa.ground.geometry import Box
from stoa.ground.ids import slug
from stoa.ground.tables import GEOMETRY
from stoa.standards import tableschema

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "About",
    "ExportFile",
    "Format",
    "Headings",
    "Limits",
    "Wanted",
    "export",
    "export_dictionary",
    "stream",
]

WHOLE = Query()
AS_USUAL = Wanted()
USUAL_LIMITS = Limits()
_RELEASE = 1
"""Raised whenever the same question gives other bytes than before, so that no old file is taken for it."""


def _untranslated(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class _Task:
    """One download made ready."""

    layout: Layout
    ref: VersionRef
    query: Query
    form: Format
    about: About
    wanted: Wanted
    fields: tuple[Field, ...]
    sql: Sql

    @property
    def stem(self) -> str:
        about = self.about
        parts = (
            about.name or "data",
            f"v{about.version}" if about.version else "",
            "" if self.is_whole else "filtered",
        )
        return slug("-".join(part for part in parts if part), most=120) or "data"

    @property
    def is_whole(self) -> bool:
        return self.query == WHOLE

    @property
    def filename(self) -> str:
        return f"{self.stem}.{self.form}"

    def mark(self, language: str = "") -> str:
        """A hash of everything that decides on the bytes."""
        parts = (
            _RELEASE,
            asdict(self.query),
            str(self.form),
            asdict(self.wanted),
            asdict(self.about),
            language,
        )
        told = json.dumps([*parts, self.ref.content_hash, [asdict(c) for c in self.ref.columns]], default=str)
        return hashlib.sha256(told.encode()).hexdigest()[:32]


def export(
    layout: Layout,
    ref: VersionRef,
    query: Query | None,
    form: Format,
    *,
    about: About,
    wanted: Wanted = AS_USUAL,
    limits: Limits = USUAL_LIMITS,
    translate: Callable[[str], str] = _untranslated,
) -> ExportFile:
    """The file of a version, or of a filtered view of it, made if nobody asked for it before.

    The whole version as Parquet is the stored file itself. Lines end with a line feed. Raises `Refused`
    (`export.<...>`, and the lake's own refusals for a query that cannot be understood).
    """
    task = _task(layout, ref, query, (form, about, wanted))
    _check_size(task, limits)
    if form is Format.PARQUET and task.is_whole:
        path = dictionary.data_file(layout, ref)
    else:
        name = f"{task.mark(translate('Dictionary'))}.{form}"
        path = storing.made_once(layout, ref.path, name, lambda file: _make(task, file, limits, translate))
    return ExportFile(path, MEDIA_TYPE[form], task.filename, path.stat().st_size)


def stream(
    layout: Layout,
    ref: VersionRef,
    query: Query | None,
    form: Format,
    *,
    about: About,
    wanted: Wanted = AS_USUAL,
) -> Iterator[bytes]:
    """The same bytes as the file, for text formats, sent while they are made; not resumable.

    What can be refused is refused before the first piece. Close the iterator if the reader leaves.
    """
    if form not in STREAMED:
        raise refusals.not_streamed()
    task = _task(layout, ref, query, (form, about, wanted))
    plan = _text_plan(task)
    return _streamed(task, plan)


def _streamed(task: _Task, plan: TextPlan) -> Iterator[bytes]:
    with _opened(task) as cursor:
        yield from texts.stream(cursor, plan, task.layout.cache)


def export_dictionary(
    layout: Layout,
    ref: VersionRef,
    query: Query | None,
    form: Format,
    *,
    about: About,
    wanted: Wanted = AS_USUAL,
    file: ExportFile | None = None,
) -> ExportFile:
    """The `datapackage.json` beside the file of the same question, with its size if `file` is given."""
    task = _task(layout, ref, query, (form, about, wanted))
    body = json.dumps(_package(task, file), ensure_ascii=False, indent=2) + "\n"
    name = f"{task.mark()}-{hashlib.sha256(body.encode()).hexdigest()[:8]}.datapackage.json"
    path = storing.made_once(layout, ref.path, name, lambda target: _write_text(target, body))
    return ExportFile(path, "application/json", f"{task.stem}.datapackage.json", path.stat().st_size)


def _write_text(path: Path, body: str) -> None:
    path.write_text(body, encoding="utf-8")


def _task(layout: Layout, ref: VersionRef, query: Query | None, how: tuple[Format, About, Wanted]) -> _Task:
    asked, (form, about, wanted) = query or WHOLE, how
    try:
        ZoneInfo(wanted.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise refusals.zone_unknown() from None
    if form is Format.GEOJSON and not ref.has_geometry:
        raise refusals.no_place()
    listed = fields(ref, asked, form, wanted)
    has_place = any(field.column is None for field in listed)
    sql = lake.query_sql(
        layout, ref, asked, geometry=GEOMETRY if has_place else "", row=form is Format.GEOJSON
    )
    return _Task(layout, ref, asked, form, about, wanted, listed, sql)


def _check_size(task: _Task, limits: Limits) -> None:
    rows = lake.count(task.layout, task.ref, task.query)
    most = min(limits.rows, limits.sheet_rows) if task.form is Format.XLSX else limits.rows
    if rows > most:
        raise refusals.too_many_rows(rows, most)
    if task.form is Format.XLSX and (
        rows * len(task.fields) > limits.sheet_cells or len(task.fields) > 16_384
    ):
        raise refusals.too_many_cells(limits.sheet_cells)


def _make(task: _Task, file: Path, limits: Limits, translate: Callable[[str], str]) -> None:
    with (
        _opened(task) as cursor,
        storing.watched(cursor, file.parent, limits),
    ):
        if task.form in STREAMED:
            texts.write(cursor, _text_plan(task), file)
        elif task.form is Format.XLSX:
            cursor.execute(select(task.fields, task.sql.text), list(task.sql.values))
            sheets.write(cursor, file, task.fields, task.about, zone=task.wanted.zone, translate=translate)
        elif task.form is Format.GEOPACKAGE:
            layers.write_geopackage(
                cursor, file, task.ref, listed=task.fields, sql=task.sql, about=task.about
            )
        else:
            layers.write_parquet(
                cursor,
                file,
                task.ref,
                select(task.fields, task.sql.text),
                task.sql.values,
                bbox=_bbox(cursor, task),
                package=_package(task, None),
            )


def _opened(task: _Task) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
    return reading.opened(task.layout, task.ref, spatial=task.sql.needs_spatial, is_whole=task.is_whole)


def _text_plan(task: _Task) -> TextPlan:
    if task.form is not Format.GEOJSON:
        return texts.plan(task.form, task.fields, task.sql, task.wanted)
    if task.is_whole:
        bbox = lake.read_dictionary(task.layout, task.ref.path).bbox
    else:
        with lake.connect_reader(task.layout, task.ref, spatial=True) as cursor:
            bbox = _bbox(cursor, task)
    return texts.geojson_plan(task.fields, task.sql, task.about, bbox)


def _bbox(cursor: duckdb.DuckDBPyConnection, task: _Task) -> Box | None:
    """The extent of the rows of a query; None if no row has a place."""
    if GEOMETRY not in task.sql.columns:
        return None
    edges = ", ".join(
        f"{least}(ST_{edge}({GEOMETRY}))"
        for least, edge in (("min", "XMin"), ("min", "YMin"), ("max", "XMax"), ("max", "YMax"))
    )
    row = cursor.execute(f"SELECT {edges} FROM ({task.sql.text}) AS source", list(task.sql.values)).fetchone()
    return Box(*row) if row and row[0] is not None else None


def _package(task: _Task, file: ExportFile | None) -> dict[str, Any]:
    about, delimiter = task.about, {Format.CSV: ",", Format.TSV: "\t"}.get(task.form, "")
    package = tableschema.Package(
        name=task.stem,
        title=about.title,
        description=about.description,
        version=about.version,
        issued=about.issued,
        homepage=about.source_url,
        publisher=about.publisher,
        licence_name=about.licence_spdx,
        licence_title=about.licence,
        licence_link=about.licence_link,
    )
    resource = tableschema.Resource(
        name=task.stem,
        path=task.filename,
        format=str(task.form),
        media_type=MEDIA_TYPE[task.form].partition(";")[0],
        bytes=file.bytes if file else None,
        rows=task.ref.rows if task.is_whole else None,
        separator=delimiter,
    )
    headings = {field.column.name: field.heading for field in task.fields if field.column}
    columns = tuple(field.column for field in task.fields if field.column)
    schema = tableschema.schema_of(columns, task.ref.key, headings=headings, places=place_fields(task.fields))
    return tableschema.package_of(package, resource, schema)
