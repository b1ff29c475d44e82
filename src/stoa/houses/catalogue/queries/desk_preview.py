# SPDX-License-Identifier: EUPL-1.2
"""The first rows of a file as they would be published: from the staged table, its first rows only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stoa.commons.reading.report import Inspection
from stoa.ground.tables import ColumnSpec

ROWS = 20
COLUMNS = 40
"""More columns are not laid out: nobody reads them side by side, and each page would be megabytes."""


@dataclass(frozen=True, slots=True)
class Preview:
    """Some rows of the staged table."""

    columns: tuple[ColumnSpec, ...]
    rows: list[list[Any]]
    """Number of the row, the values in the order of the columns, and the place in words where there is one."""
    has_place: bool
    left_out: int
    """Columns beyond those shown."""


def preview_of(inspection: Inspection) -> Preview | None:
    """The first rows (no query; one read of a few pages of the Parquet file); None if the table is not there any more."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    staged = inspection.staged
    files = staged.files if staged else []
    if staged is None or not files:
        return None
    specs = inspection.recipe.specs()
    shown = specs[:COLUMNS]
    places = {"lonlat": ["_lon", "_lat"], "wkb": ["_wkb"]}.get(staged.geometry, [])
    try:
        with pq.ParquetFile(files[0]) as file:
            names = [*(spec.name for spec in shown), *places]
            batch = next(file.iter_batches(batch_size=ROWS, columns=names), None)
            read = batch.select(names).to_pylist() if batch is not None and batch.num_rows else []
    except (OSError, KeyError, pa.ArrowException):
        return None
    # A row's number is its place in the staged file.
    rows = [
        [row, *(line[spec.name] for spec in shown), *([_place(line)] if places else [])]
        for row, line in enumerate(read, 1)
    ]
    return Preview(shown, rows, bool(places), len(specs) - len(shown))


def _place(line: dict[str, Any]) -> str:
    """A point as latitude and longitude, any other geometry by its kind; empty where there is none."""
    if "_wkb" in line:
        import shapely

        found = shapely.from_wkb(line["_wkb"], on_invalid="ignore") if line["_wkb"] else None
        if found is None or found.geom_type != "Point":
            return found.geom_type if found is not None else ""
        return f"{found.y:.5f}, {found.x:.5f}"
    return "" if line["_lon"] is None or line["_lat"] is None else f"{line['_lat']:.5f}, {line['_lon']:.5f}"
