# SPDX-License-Identifier: EUPL-1.2
"""Writes files the way departments mail them. The same values give the same bytes."""

from __future__ import annotations

import io
import json
import os
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.raw
import shapely
import xlsxwriter
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

FIXED = datetime(2024, 1, 1)  # noqa: DTZ001 - a stamp inside files, no instant
Row = Sequence[Any]


def german(value: float, digits: int = 2) -> str:
    """A decimal comma and points between the thousands."""
    return f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))


def comma(value: float, digits: int = 2) -> str:
    """A decimal comma, no thousands marks."""
    return f"{value:.{digits}f}".replace(".", ",")


def day(value: date) -> str:
    return value.strftime("%d.%m.%Y")


@dataclass(frozen=True, slots=True)
class Csv:
    """How one office's program exports its tables."""

    encoding: str = "utf-8"
    separator: str = ";"
    newline: str = "\r\n"
    before: Sequence[str] = ()
    """Lines above the heading."""
    after: Sequence[str] = ()
    heading_again: int = 0
    """The heading comes again after so many rows, as where two lists were pasted together; 0: it does not."""


def write_csv(path: Path, heading: Row, rows: Iterable[Row], manner: Csv | None = None) -> Path:
    """Delimited text; cells with separator, quote or line break are quoted."""
    how = manner or Csv()
    text = io.StringIO()
    lines = [*how.before, _line(heading, how)]
    for number, row in enumerate(rows, start=1):
        lines.append(_line(row, how))
        if how.heading_again and number == how.heading_again:
            lines.append(_line(heading, how))
    text.write(how.newline.join([*lines, *how.after, ""]))
    return write_bytes(path, text.getvalue().encode(how.encoding))


def _line(row: Row, how: Csv) -> str:
    return how.separator.join(_cell(str(value), how) for value in row)


def _cell(text: str, how: Csv) -> str:
    if how.separator in text or '"' in text or "\n" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


def write_bytes(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def write_json(path: Path, value: Any) -> Path:
    return write_bytes(path, (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode())


def write_geojson(path: Path, rows: Iterable[tuple[BaseGeometry, Mapping[str, Any]]]) -> Path:
    """Features in WGS 84; the shapes must be in degrees already."""
    features = [
        {"type": "Feature", "properties": dict(facts), "geometry": mapping(shape)} for shape, facts in rows
    ]
    return write_bytes(
        path, json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()
    )


def write_layer(path: Path, layer: str, rows: Sequence[tuple[BaseGeometry, Mapping[str, Any]]]) -> Path:
    """One layer in EPSG:25832 as GeoPackage, or as zipped shapefile where the name ends in `.zip`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    names = list(rows[0][1])
    kinds = {shape.geom_type for shape, _ in rows}
    kind = kinds.pop() if len(kinds) == 1 else "Multi" + min(kinds, key=len)
    shapes = [shape if shape.geom_type == kind else _many(shape) for shape, _ in rows]
    options: dict[str, Any] = {
        "geometry": shapely.to_wkb(np.array(shapes, dtype=object)),
        "field_data": [np.array([facts[name] for _, facts in rows]) for name in names],
        "fields": names,
        "geometry_type": kind,
        "crs": "EPSG:25832",
    }
    if path.suffix != ".zip":
        path.unlink(missing_ok=True)
        with _fixed_date():
            pyogrio.raw.write(path, driver="GPKG", layer=layer, **options)
        return path
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / f"{layer}.shp"
        pyogrio.raw.write(
            target,
            driver="ESRI Shapefile",
            encoding="ISO-8859-1",
            DBF_DATE_LAST_UPDATE="2024-01-01",
            **options,
        )
        return write_zip(path, {part.name: part.read_bytes() for part in sorted(Path(scratch).iterdir())})


def _many(shape: BaseGeometry) -> BaseGeometry:
    return shapely.from_wkt(f"MULTI{shape.wkt}".replace("(", "((", 1) + ")")


@contextmanager
def _fixed_date() -> Iterator[None]:
    """GeoPackages carry the day of their making; ours always the same."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2024-01-01T00:00:00.000Z"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def write_zip(path: Path, members: Mapping[str, bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, FIXED.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return path


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook as an office keeps it."""

    name: str
    rows: Sequence[Row]
    title: str = ""
    """Merged over the whole width, above an empty row."""
    headings: Sequence[Row] = ()
    """One or two rows; in the upper one, equal neighbours are merged into one cell."""
    footer: Sequence[Row] = ()
    notes: Sequence[str] = ()
    """Lines of text instead of a table."""
    widths: Sequence[float] = field(default_factory=tuple)


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> Path:
    """An .xlsx with titles, merged headings and sums, dates as dates and numbers as numbers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(os.fspath(path), {"default_date_format": "dd.mm.yyyy"}) as book:
        book.set_properties({"created": FIXED, "author": "Stadtverwaltung"})
        bold = book.add_format({"bold": True, "align": "center", "bottom": 1})
        for sheet in sheets:
            _fill(book.add_worksheet(sheet.name), sheet, bold)
    return path


def _fill(page: Any, sheet: Sheet, bold: Any) -> None:
    at = 0
    if sheet.title:
        page.merge_range(0, 0, 0, max(1, len(sheet.headings[-1]) - 1), sheet.title, bold)
        at = 2
    for number, heading in enumerate(sheet.headings):
        _heading(page, at, heading, bold, merge=number < len(sheet.headings) - 1)
        at += 1
    for row in [*sheet.rows, *sheet.footer]:
        for column, value in enumerate(row):
            if value is not None and value != "":
                page.write(at, column, value)
        at += 1
    for line in sheet.notes:
        page.write(at, 0, line)
        at += 1


def _heading(page: Any, at: int, heading: Row, bold: Any, *, merge: bool) -> None:
    start = 0
    for column in range(1, len(heading) + 1):
        if merge and column < len(heading) and heading[column] == heading[start]:
            continue
        if column - start > 1:
            page.merge_range(at, start, at, column - 1, heading[start], bold)
        else:
            page.write(at, start, heading[start], bold)
        start = column
