# SPDX-License-Identifier: EUPL-1.2
"""Datasets as layers of features, for gates that serve places and rows.

A `Layer` is handed out only to who may read its rows; what is asked of it afterwards needs no further look.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stoa.commons.cities.models import City
from stoa.commons.lake import door as lake
from stoa.commons.lake.place import layout
from stoa.commons.lake.values import FeaturePage, FeatureRow, Query, TileSet
from stoa.commons.roles.values import NOBODY, Principal
from stoa.ground.geometry import Box, Tile
from stoa.ground.problems import NotFound
from stoa.ground.tables import Kind
from stoa.houses.catalogue.cards import DatasetCard, VersionCard
from stoa.houses.catalogue.models import Dataset, Version
from stoa.houses.catalogue.queries import kept
from stoa.houses.catalogue.queries.datasets import dataset_for, kept_for, version_of
from stoa.houses.catalogue.queries.rows import in_city_time, need_rows, sees_rows
from stoa.houses.catalogue.terms import Access, State
from stoa.standards.ogcfeatures.times import time_columns

CHUNK = 500
_SHOWN = (State.PUBLISHED, State.RETIRED)


@dataclass(frozen=True, slots=True)
class Layer:
    """A dataset whose rows may be read, in one of its versions."""

    card: DatasetCard
    version: VersionCard
    times: tuple[str, str]
    """Columns in which the time of a row begins and ends, the same one for moments; empty: it has no time."""
    interval: tuple[str | None, str | None] | None
    """First and last time in it, ISO 8601; None: it has no time."""
    is_public: bool
    """Everybody may read it, so that copies may lie in shared caches."""

    @property
    def box(self) -> Box | None:
        return self.version.box if self.version.geometry_types else None


def _layer(dataset: Dataset, version: Version) -> Layer:
    begins, ends = time_columns(version.specs)
    is_public = dataset.access == Access.OPEN
    interval = _interval(version, begins, ends) if begins else None
    return Layer(DatasetCard.of(dataset), VersionCard.of(version), (begins, ends), interval, is_public)


def _interval(version: Version, begins: str, ends: str) -> tuple[str | None, str | None]:
    first = (version.least_most.get(begins) or (None, None))[0]
    last = (version.least_most.get(ends) or (None, None))[1]
    return _instant(version, begins, first), _instant(version, ends, last)


def _instant(version: Version, name: str, value: object) -> str | None:
    """As RFC 3339 wants it: a day is the beginning of that day in UTC."""
    if value is None:
        return None
    column = version.ref.column(name)
    if column is not None and column.kind is Kind.DATE:
        return f"{str(value)[:10]}T00:00:00Z"
    return str(value).replace(" ", "T").replace("+00:00", "Z")


def layers(*, city: City, by: Principal, after: int = 0) -> Iterator[tuple[int, Layer]]:
    """Published datasets whose rows this principal may read, each with its number, oldest first.

    One query for 500 datasets; go on `after` the last number seen.
    """
    hits = Dataset.objects.filter(city=city, state=State.PUBLISHED).visible_to(by)
    hits = hits.select_related("department", "current")
    while True:
        chunk = list(hits.filter(pk__gt=after).order_by("pk")[:CHUNK])
        for dataset in chunk:
            if dataset.current is not None and sees_rows(dataset, by):
                yield dataset.pk, _layer(dataset, dataset.current)
        if len(chunk) < CHUNK:
            return
        after = chunk[-1].pk


def state(*, city: City, by: Principal) -> str:
    """A text that changes whenever `layers` does, for whoever is a stranger here (one query); else empty."""
    return "" if by.is_known else kept.public_stamps(city)


def layer(*, city: City, by: Principal, slug: str, version: int | None = None) -> Layer:
    """One of them, also a retired one, now or in an earlier version (one query, two with a version); else `NotFound`."""
    known = kept_for(city=city, slug=slug) if kept.is_public(by) else None
    found = known.shared if known else dataset_for(city=city, principal=by, slug=slug)
    need_rows(found, by)
    if found.state not in _SHOWN:
        raise NotFound("layer", slug)
    if known and version is None:
        return known.made(_current)
    return _layer(found, version_of(found, by, number=version))


def _current(dataset: Dataset) -> Layer:
    return _layer(dataset, version_of(dataset, NOBODY))


def page(layer: Layer, query: Query, *, limit: int, after: str = "", wkb: bool = False) -> FeaturePage:
    """Features of a layer; days begin when they begin in the city."""
    return lake.features(layout(), layer.version.ref, in_city_time(query), limit, after=after, wkb=wkb)


def one(layer: Layer, name: str, *, wkb: bool = False) -> FeatureRow:
    """The feature of this id; `NotFound` if there is none."""
    found = lake.feature(layout(), layer.version.ref, name, wkb=wkb)
    if found is None:
        raise NotFound("feature", name)
    return found


def id_column(layer: Layer) -> str:
    """The column whose values are the ids of features; empty where they are row numbers of the version."""
    return lake.id_column(layout(), layer.version.ref)


def tile(layer: Layer, asked: Tile, columns: tuple[str, ...] = ()) -> bytes:
    """One vector tile; empty where nothing is."""
    return lake.tile(layout(), layer.version.ref, asked, columns=columns)


def tile_file(layer: Layer, asked: Tile, columns: tuple[str, ...] = ()) -> Path:
    """Where a tile that was cut is kept."""
    return lake.tile_path(layout(), layer.version.ref, asked, columns)


def tile_set(layer: Layer, columns: tuple[str, ...] = ()) -> TileSet:
    """What a map must know of a layer's tiles; `NotFound` where there are no places."""
    if layer.box is None:
        raise NotFound("tiles", layer.card.slug)
    return lake.tile_set(layer.version.ref, layer.box, columns)
