# SPDX-License-Identifier: EUPL-1.2
"""What series say now, with all that a reader needs beside the value: for pages of tiles, lists and maps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Value

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.geometry import Box
from stoa.houses.observations.models import Datastream, NowTile, ObservedProperty
from stoa.houses.observations.models.series import DatastreamQuerySet
from stoa.houses.observations.queries.buckets import COUNTED
from stoa.houses.observations.rules.results import result_of
from stoa.houses.observations.terms import TileKind, Width

PROPERTIES_MOST = 24
"""So many properties get a tile by themselves."""
_FIELDS = (
    "pk", "uid", "name", "unit_symbol", "expected_interval_s", "thing__uid", "thing__name",
    "thing__department__name", "observed_property_id", "observed_property__name", "state__at", "state__quality",
    "state__count", "thing__box", "result_type", "state__number", "state__text", "state__json",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SeriesNow:
    """A series with its latest value. `at` and `result` are None while there is none."""

    pk: int
    uid: UUID
    name: str
    unit: str
    expected_interval_s: int | None
    thing_uid: UUID
    thing: str
    department: Any
    """Its name by language."""
    observed_property: int
    property_name: str
    at: datetime | None
    quality: int | None
    count: int | None
    box: Box | None
    kind: str
    result: Any


@dataclass(frozen=True, slots=True)
class Arranged:
    """One tile and the series in it that the reader may see."""

    kind: TileKind
    title: Any
    """By language, as an officer wrote it; empty: none was written."""
    series: tuple[SeriesNow, ...] = ()
    observed_property: int | None = None
    property_name: str = ""
    has_more: bool = False


def _read(found: Iterable[Sequence[Any]]) -> list[SeriesNow]:
    return [SeriesNow(*(*row[:15], result_of(row[14], *row[15:]))) for row in found]


def listed(found: DatastreamQuerySet, most: int, begin: int = 0) -> list[SeriesNow]:
    """So many of a query of series, in its order; one query."""
    return _read(found.values_list(*_FIELDS)[begin : begin + most])


def arranged(*, city: City, by: Principal, each: int) -> list[Arranged]:
    """The tiles of the page as officers arranged them, at most `each` values in one; two queries.

    A tile of which the reader may see nothing is left out.
    """
    tiles = list(
        NowTile.objects.filter(city=city, is_visible=True)
        .select_related("observed_property")
        .order_by("place", "pk")[:60]
    )
    visible = Datastream.objects.filter(city=city).visible_to(by)
    parts = [_of_tile(visible, tile)[: each + 1] for tile in tiles if tile.kind != TileKind.MAP]
    found = iter(_together(parts))
    shown = []
    for tile in tiles:
        series = [] if tile.kind == TileKind.MAP else next(found)
        if series or tile.kind == TileKind.MAP:
            one = tile.observed_property
            shown.append(
                Arranged(
                    TileKind(tile.kind),
                    tile.title,
                    tuple(series[:each]),
                    one.pk if one else None,
                    one.name if one else "",
                    len(series) > each,
                )
            )
    return shown


def by_themselves(*, city: City, by: Principal, each: int, most: int = PROPERTIES_MOST) -> list[Arranged]:
    """A tile for every property that has a value, while nobody has arranged any; two queries."""
    properties = observed(city=city, by=by)[:most]
    visible = Datastream.objects.filter(city=city).visible_to(by)
    parts = [_of_property(visible, one)[: each + 1] for one, _ in properties]
    shown = []
    for (pk, name), series in zip(properties, _together(parts), strict=True):
        kind = TileKind.SERIES if len(series) == 1 else TileKind.GROUP
        shown.append(Arranged(kind, {}, tuple(series[:each]), pk, name, len(series) > each))
    return shown


def observed(*, city: City, by: Principal) -> list[tuple[int, str]]:
    """Number and name of each property of which the reader may see a value, by name; one query."""
    has_value = Datastream.objects.filter(
        observed_property=OuterRef("pk"), city=city, state__at__isnull=False
    ).visible_to(by)
    found = ObservedProperty.objects.filter(Exists(has_value), city=city).order_by("name", "pk")
    return [*found.values_list("pk", "name")[:500]]


def _of_property(visible: DatastreamQuerySet, observed_property: int) -> DatastreamQuerySet:
    # By number, not by name: the index gives the first few of a hundred thousand without looking at the others.
    return visible.filter(observed_property=observed_property, state__at__isnull=False).order_by("pk")


def _of_tile(visible: DatastreamQuerySet, tile: NowTile) -> DatastreamQuerySet:
    if tile.kind == TileKind.SERIES:
        return visible.filter(pk=tile.datastream_id or 0).order_by("pk")
    return _of_property(visible, tile.observed_property_id or 0)


def _together(parts: list[DatastreamQuerySet]) -> list[list[SeriesNow]]:
    """Several small queries asked as one; the values of each in the order of their things' names."""
    if not parts:
        return []
    # The column `part` says which of them a row belongs to; a series may stand in several tiles.
    asked = [part.annotate(part=Value(n)).values_list(*_FIELDS, "part") for n, part in enumerate(parts)]
    found: list[list[SeriesNow]] = [[] for _ in parts]
    rows = asked[0].union(*asked[1:], all=True) if len(asked) > 1 else asked[0]
    for row in rows:
        found[row[-1]].extend(_read([row[:-1]]))
    return [
        sorted(part, key=lambda one: (one.thing.casefold(), one.name.casefold(), one.pk)) for part in found
    ]


_DIRTY = f"""
select d.datastream_id, d.start, avg(o.number)
from (select distinct datastream_id, start from observations_dirtybucket
      where datastream_id = any(%s) and width = {int(Width.HOUR)} and start >= %s) d
join observations_observation o
  on o.datastream_id = d.datastream_id and o.at >= d.start and o.at < d.start + interval '1 hour'
where o.at >= %s and {COUNTED} group by 1, 2
"""


def hourly_means(*, series: Sequence[int], since: datetime) -> dict[int, dict[datetime, float]]:
    """Means by hour of many series from an hour of late on, those not counted yet too; two queries."""
    means: dict[int, dict[datetime, float]] = {pk: {} for pk in series}
    if not means:
        return means
    with connection.cursor() as cursor:
        cursor.execute(
            "select datastream_id, start, total / count from observations_seriesbucket"
            f" where datastream_id = any(%s) and width = {int(Width.HOUR)} and start >= %s",
            [[*series], since],
        )
        for pk, start, mean in cursor.fetchall():
            means[pk][start] = mean
        cursor.execute(_DIRTY, [[*series], since, since])
        for pk, start, mean in cursor.fetchall():
            means[pk][start] = mean
    return means


def last_hours(means: dict[datetime, float], until: datetime, hours: int) -> list[float | None]:
    """The means of so many hours up to this one, oldest first; None where nothing was counted."""
    newest = until.replace(minute=0, second=0, microsecond=0)
    return [means.get(newest - timedelta(hours=n)) for n in range(hours - 1, -1, -1)]
