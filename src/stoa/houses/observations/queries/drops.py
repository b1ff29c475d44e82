# SPDX-License-Identifier: EUPL-1.2
"""Files of values for whoever brings them in, and what is in them."""

from __future__ import annotations

from stoa.commons.cities.models import City
from stoa.commons.reading.report import Inspection
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound
from stoa.houses.observations.models import Datastream, FileDrop, FileRecipe
from stoa.houses.observations.models.thing import of_departments
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.rules.drops import FileColumn, KnownSeries, name_column

SHOWN = 30
KNOWN_MOST = 5_000
NAMES_MOST = 500


def drops_for(*, city: City, by: Principal) -> list[FileDrop]:
    """The newest files that this person may look after; one query."""
    found = FileDrop.objects.filter(city=city).visible_to(by).select_related("department", "recipe")
    return list(found.defer("reading").order_by("-made_at", "-pk")[:SHOWN])


def drop_for(*, city: City, by: Principal, number: int) -> FileDrop:
    """One of them; else `NotFound`. One query."""
    found = FileDrop.objects.filter(city=city, pk=number).visible_to(by)
    drop = found.select_related("city", "department", "recipe", "file").first()
    if drop is None:
        raise NotFound("file", str(number))
    return drop


def recipes_for(*, city: City, by: Principal) -> list[FileRecipe]:
    """Recipes of this person's departments by name; one query."""
    found = FileRecipe.objects.filter(city=city).filter(
        of_departments(by, Permission.CHANGE_THING, "department_id")
    )
    return list(found.select_related("department").order_by("name"))


def known_series(city: City, department_id: int) -> list[KnownSeries]:
    """The series that values of a department's file can go into, by name; one query."""
    found = Datastream.objects.filter(city=city, thing__department_id=department_id, multi__isnull=True)
    listed = found.select_related("thing", "observed_property").order_by("thing__name", "name", "pk")
    return [
        KnownSeries(
            str(one.uid),
            one.name,
            one.thing.name,
            one.observed_property.name,
            one.unit_symbol,
            one.result_type,
        )
        for one in listed[:KNOWN_MOST]
    ]


def columns_of(read: Inspection) -> list[FileColumn]:
    """The columns of a file as the rules look at them."""
    return [
        FileColumn(column.source, column.kind, column.unit, report.distinct, report.examples)
        for column, report in zip(read.recipe.columns, read.columns, strict=True)
    ]


def names_in(read: Inspection) -> list[str]:
    """The different names of series in a file that has a row for each value, at most so many; else none."""
    import pyarrow.parquet as pq  # large: only who reads a file needs it

    named = name_column(columns_of(read), read.rows)
    if named is None or read.staged is None:
        return []
    column = next(one.name for one in read.recipe.columns if one.source == named.source)
    found: set[str] = set()
    for file in read.staged.files:
        found |= {
            str(name) for name in pq.read_table(file, columns=[column]).column(0).unique().to_pylist() if name
        }
    return sorted(found) if len(found) <= NAMES_MOST else []
