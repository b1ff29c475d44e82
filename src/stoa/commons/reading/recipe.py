# SPDX-License-Identifier: EUPL-1.2
"""The recipe: how one table is read, small and declarative, kept with the dataset as JSON.

Everything that was guessed or chosen about a file stands here and nowhere else, so that the same recipe on the
same bytes gives the same rows. Row and line numbers count from 1, as a person counts them in the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from stoa.ground.tables import ColumnSpec, Kind

RECIPE_VERSION = 1


class Treatment(StrEnum):
    """What is done to a column before anybody else sees it."""

    KEEP = "keep"
    DROP = "drop"
    YEAR = "year"
    """A date becomes its year (kind integer)."""
    MONTH = "month"
    """A date becomes the first day of its month."""
    AREA_CODE = "area_code"
    """A text keeps its first characters only (postcodes, telephone numbers): the first 3."""
    ROUND = "round"
    """A number is rounded to two significant digits."""


@dataclass(frozen=True, slots=True)
class RecipeColumn:
    """How one column of the file becomes one column of the dataset."""

    source: str
    """The heading in the file, several heading rows joined by ' / ', blanks folded."""
    name: str
    kind: Kind = Kind.TEXT
    label: str = ""
    unit: str = ""
    description: str = ""
    decimal: str = "."
    thousands: str = ""
    date_format: str = ""
    """A strptime format of DuckDB for dates and times; `excel` for serial numbers; empty for ISO 8601."""
    true_values: tuple[str, ...] = ()
    false_values: tuple[str, ...] = ()
    is_code_list: bool = False
    treatment: Treatment = Treatment.KEEP

    @property
    def is_kept(self) -> bool:
        return self.treatment is not Treatment.DROP

    def spec(self) -> ColumnSpec:
        """The column as the published dictionary says it."""
        kind = Kind.INTEGER if self.treatment is Treatment.YEAR else self.kind
        kind = Kind.DATE if self.treatment is Treatment.MONTH else kind
        label = self.label or self.source
        return ColumnSpec(self.name, label, kind, self.unit, self.description, self.is_code_list)


class GeometrySource(StrEnum):
    """Where the place of a row is written."""

    NONE = "none"
    NATIVE = "native"
    """The format itself carries geometry (GeoJSON, GeoPackage, shapefile ...)."""
    XY = "xy"
    """Two number columns."""
    WKT = "wkt"
    """One text column in well-known text."""
    PAIR = "pair"
    """One text column 'lat, lon' or 'lon lat'."""


@dataclass(frozen=True, slots=True)
class GeometryPlan:
    """How the place of each row is found, and in which coordinate system it is written."""

    source: GeometrySource = GeometrySource.NONE
    x: str = ""
    """Machine name of the column that holds x, easting or longitude (for WKT and PAIR: of the one column)."""
    y: str = ""
    crs: str = "OGC:CRS84"
    """Authority and code, e.g. `EPSG:31467`. Axis order is always x, y here whatever the authority says."""
    swapped: bool = False
    """The owner's headings say latitude for longitude: x and y are exchanged when read."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one table of one file is read."""

    format: str
    """`csv`, `xlsx`, `xls`, `xlsb`, `ods`, `json`, `jsonl`, `geojson`, `gpkg`, `shp`, `kml`, `gml`, `parquet`."""
    table: str = ""
    """Sheet, layer, member of an archive (`folder/file.csv`, and `file.xlsx#Sheet` for a sheet in one)."""
    encoding: str = "utf-8"
    separator: str = ","
    quote: str = '"'
    header_rows: tuple[int, ...] = (1,)
    """The rows whose cells are the headings, top first; empty: there are none, columns are named c_1, c_2 ..."""
    skip_rows: tuple[int, ...] = ()
    """Single rows between heading and end that are no data (units, capacities, repeated headings)."""
    footer_rows: int = 0
    """How many rows at the end are no data (sums, sources, remarks)."""
    missing: tuple[str, ...] = ("",)
    """Texts that mean 'no value' in every column, compared after trimming."""
    zone: str = "UTC"
    """Time zone of local times in the file (IANA name)."""
    columns: tuple[RecipeColumn, ...] = ()
    geometry: GeometryPlan = field(default_factory=GeometryPlan)
    key: tuple[str, ...] = ()
    """Machine names of the columns that together name a row; empty when nothing does."""

    @property
    def kept(self) -> tuple[RecipeColumn, ...]:
        return tuple(column for column in self.columns if column.is_kept)

    def specs(self) -> tuple[ColumnSpec, ...]:
        return tuple(column.spec() for column in self.kept)

    def to_json(self) -> dict[str, Any]:
        return {"recipe": RECIPE_VERSION} | asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Recipe:
        rest: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in data.items() if k != "recipe"
        }
        rest["columns"] = tuple(_column(c) for c in data.get("columns", ()))
        plan = dict(data.get("geometry") or {})
        if plan:
            plan["source"] = GeometrySource(plan["source"])
        rest["geometry"] = GeometryPlan(**plan)
        return cls(**rest)


def _column(data: Mapping[str, Any]) -> RecipeColumn:
    rest: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
    rest["kind"] = Kind(rest.get("kind", Kind.TEXT))
    rest["treatment"] = Treatment(rest.get("treatment", Treatment.KEEP))
    return RecipeColumn(**rest)
