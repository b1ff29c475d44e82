# SPDX-License-Identifier: EUPL-1.2
"""Figures, values and places of a version: what charts, filter lists, differences and maps ask of the lake."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from django.db.models import Count, Sum

from stoa.commons.cities.models import City
from stoa.commons.lake import door as lake
from stoa.commons.lake.place import layout
from stoa.commons.lake.values import Comparison, Facet, GroupBy, Groups, Query
from stoa.commons.roles.values import Principal
from stoa.ground.geometry import Box, Tile
from stoa.houses.catalogue.models import Dataset, QualityReport, RowReport, Version
from stoa.houses.catalogue.queries.rows import in_city_time
from stoa.houses.catalogue.rules.chart_choice import Question, default_question
from stoa.houses.catalogue.terms import State

MOST_LISTS = 12
"""Columns whose values are offered as a list; the others can be filtered by what is typed."""
CHANGES = 50


def figures(version: Version, query: Query, by: GroupBy) -> Groups:
    """The groups of a chart."""
    return lake.group(layout(), version.ref, in_city_time(query), by)


def chart_default(version: Version) -> Question | None:
    """The chart to begin with."""
    return default_question(version.specs, rows=version.rows, key=version.key, ends=version.least_most)


def listed_values(version: Version) -> dict[str, Facet]:
    """The most frequent values of the columns that are code lists, over the whole version."""
    columns = tuple(spec.name for spec in version.specs if spec.is_code_list)[:MOST_LISTS]
    return (
        {facet.column: facet for facet in lake.facets(layout(), version.ref, Query(), columns)}
        if columns
        else {}
    )


def values_of(version: Version, column: str) -> Facet:
    """The most frequent values of one column; `Refused` if there is none of this name."""
    return lake.facets(layout(), version.ref, Query(), (column,))[0]


def cut_tile(version: Version, tile: Tile, columns: tuple[str, ...] = ()) -> bytes:
    """The vector tile of a version; empty where nothing is."""
    return lake.tile(layout(), version.ref, tile, columns=columns)


def differences(old: Version, new: Version, *, offset: int = 0) -> Comparison:
    """What changed between two versions, with one page of rows."""
    return lake.compare(layout(), old.ref, new.ref, offset=offset, limit=CHANGES)


def place_of(version: Version, row: int) -> str:
    """The place of a row as GeoJSON geometry; empty where it has none."""
    if not version.geometry_types:
        return ""
    found = lake.rows_by_number(layout(), version.ref, [row], ("geometry",))
    return str(found[0][1] or "") if found else ""


def places_within(version: Version, box: Box, most: int = 300) -> list[tuple[int, str]]:
    """Numbers and GeoJSON geometries of the first rows in a box."""
    found = lake.page(layout(), version.ref, Query(box=box, columns=("geometry",)), most)
    return [(int(row[0]), str(row[1] or "")) for row in found.rows]


def city_in_figures(*, city: City, principal: Principal) -> tuple[int, int, int]:
    """Published datasets that may be found, rows in them, departments that offer them (one query)."""
    visible = Dataset.objects.filter(city=city, state=State.PUBLISHED).visible_to(principal)
    counted = visible.aggregate(
        n=Count("pk"), rows=Sum("rows"), departments=Count("department", distinct=True)
    )
    return counted["n"], counted["rows"] or 0, counted["departments"]


def scores_of(dataset: Dataset) -> list[tuple[Version, QualityReport]]:
    """Quality of every version that was judged, oldest first (one query)."""
    judged = (
        QualityReport.objects.filter(version__dataset=dataset)
        .select_related("version")
        .order_by("version__number")
    )
    return [(report.version, report) for report in judged]


def report_by_uid(*, city: City, uid: UUID) -> RowReport | None:
    """A report of a wrong row by the address its sender was given (one query)."""
    hits = RowReport.objects.filter(city=city, uid=uid)
    return hits.select_related("dataset__department", "dataset__city", "dataset__current__delivery").first()


def kept_tile(version: Version, tile: Tile, columns: tuple[str, ...] = ()) -> Path:
    """The file in which a tile that was cut is kept."""
    return lake.tile_path(layout(), version.ref, tile, columns)
